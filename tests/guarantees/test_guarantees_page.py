"""The page on the guarantees names tests that exist, and every test of a guarantee is named there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "guarantees.md"
TEST = re.compile(r"^def (test_\w+)\(", re.MULTILINE)


def test_named_tests_exist() -> None:
    """Whatever the page calls a test, or a file of tests, is one."""
    named = set(re.findall(r"`(test_\w+)(?:\.py)?`", PAGE.read_text()))
    files = list(HERE.parent.rglob("test_*.py"))
    known = {path.stem for path in files} | {name for path in files for name in TEST.findall(path.read_text())}
    assert named
    assert not named - known


def test_each_test_is_named() -> None:
    """A test that shows something of guarantees 1, 2, 6 or 7 says on the page what it shows."""
    suites = [
        path for kind in ("kill", "together", "attempts", "lag", "unknown") for path in HERE.glob(f"test_{kind}*.py")
    ]
    page = PAGE.read_text()
    assert not [name for path in suites for name in TEST.findall(path.read_text()) if f"`{name}`" not in page]
