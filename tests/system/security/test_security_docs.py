"""docs/security.md: every test it names exists, every role it shows is there, its boundary is one."""

from __future__ import annotations

import re
from pathlib import Path

from local import roles
from shared.policies.policy_document import allowed_actions

ROOT = Path(__file__).resolve().parents[3]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")


def test_each_named_proof_exists() -> None:
    """Each test that the page names as the proof of a control exists."""
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests" / "system" / "security").glob("test_*.py"))
    named = re.findall(r"`(test_[a-z0-9_]+)(…?)`", TEXT)
    assert len(named) >= 12
    missing = [name for name, more in named if not re.search(rf"def {name}{'' if more else '[(]'}", tests)]
    assert not missing
    files = set(re.findall(r"test_security_[a-z]+\.py", TEXT))
    assert not [name for name in files if not (ROOT / "tests" / "system" / "security" / name).exists()]


def test_the_boundary_that_is_shown_is_for_im_alone() -> None:
    """The boundary that the page shows allows actions of Instant Messaging alone."""
    found = re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL)
    assert found
    for text in found:
        allowed = allowed_actions(text)
        assert allowed
        assert {pattern.product for pattern in allowed} == {"im"}


def test_each_function_has_a_role() -> None:
    """A function without a document would run without limits in the local cloud."""
    functions = {path.stem for path in (ROOT / "functions").glob("*.py")}
    assert functions == set(roles.names())
