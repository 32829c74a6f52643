"""The page on operations: its log line is a real one, and its commands run."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.use_cases.duties.check_offboarded_users import FoundAccess
from tests.command_line import taken
from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY
from tests.repository.docs.session import Ground, environment, run, shape

PAGE = "docs/operations.md"


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """A cloud in which a grant for bob was parked, as it came before him; alice and bob were created since."""
    grant = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/hr/staff", "id": "1"}
    with Ground() as started:
        data = {"user": "bob", "policies": ["QcloudAVCFullAccess"]}
        started.stack.kafka.publish(json.dumps({**grant, "data": data}))
        started.stack.settle()
        for user in ("alice", "bob"):
            started.stack.post("/create_user", {"user": user, "policies": ["QcloudIMReadOnlyAccess"]})
        yield started


def test_the_log_line_is_as_shown(ground: Ground) -> None:
    """A create's log line has the names and types that the page shows."""
    (block,) = markdown.blocks(PAGE, "log-line")
    found = [line for line in ground.lines if line.get("result") == "created"]
    assert shape(found[0]) == shape(json.loads(block.text))


def test_the_events_of_the_log_are_the_pages(ground: Ground) -> None:
    """What was logged so far is in the page's table."""
    rows = " ".join(markdown.rows(PAGE)).replace(",", "").split()
    assert {line["event"] for line in ground.lines} <= set(rows)


@pytest.mark.parametrize("page", [PAGE, "docs/operations.zh-CN.md"])
def test_every_line_of_the_log_is_told(page: str) -> None:
    """Whatever the code logs has a row, with when it is logged and what it has; and no row tells of another."""
    logged = {
        event
        for path in (REPOSITORY / "shared").rglob("*.py")
        for event in re.findall(r'\b(?:log|_log|_try)\(\s*(?:[\w.]+, )*"(\w+)"', path.read_text(encoding="utf-8"))
    }
    table = markdown.prose(page).split("| `event` |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| (`[^|]+`) \| [^|]+ \| [^|]+ \|$", table, re.M)
    assert len(logged) > 20
    assert sorted(logged) == sorted(re.findall(r"`(\w+)`", " ".join(rows)))


@pytest.mark.parametrize("page", [PAGE, "docs/operations.zh-CN.md"])
def test_every_field_of_the_log_is_told(page: str) -> None:
    """Each field that a line has is in the table of fields, and no other; those of `metrics` have their own."""
    added = {"function", "version", "timestamp", "level"}
    found = (
        {field for path in (REPOSITORY / "shared").rglob("*.py") for field in _fields(path)}
        | added
        | {*FoundAccess._fields}
    )
    table = markdown.prose(page).split("| `function`")[1].split("\n\n")[0]
    rows = re.findall(r"^\|? ?(`[^|]+) \| [^|]+ \|$", "| `function`" + table, re.M)
    assert sorted(found) == sorted(re.findall(r"`(\w+)`", " ".join(rows)))


@pytest.mark.parametrize("page", [PAGE, "docs/operations.zh-CN.md"])
def test_every_duty_of_the_sweep_is_told(page: str) -> None:
    """Each duty has a row on the page, with what it does and when it is tried again."""
    duties = (REPOSITORY / "shared" / "use_cases" / "duties").glob("*.py")
    names = [name for path in duties for name in re.findall(r'^    name = "(\w+)"$', path.read_text("utf-8"), re.M)]
    rows = markdown.rows(page)
    assert [name for name in names if len(rows.get(name, ())) != 3] == []


def test_the_operators_commands_run(ground: Ground, tmp_path: Path) -> None:
    """Each line is taken by the command line and runs; the letter is shown, and done by the redrive."""
    (block,) = markdown.blocks(PAGE, "cli")
    for line in block.text.splitlines():
        taken(shlex.split(line)[1:])
    done = run((PAGE,), ("cli",), ground.stack, environment(ground.stack, tmp_path, stand_ins_first=True))
    assert all(word in done[0][1] for word in ("user_not_found", "alice", "QcloudIMReadOnlyAccess"))
    assert ground.stack.cloud.cam.attached("bob") == ["QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"]


def _calls(path: Path) -> list[ast.Call]:
    """The calls that log: of `log` or `_log`, of whatever object."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [node for node in nodes if getattr(node.func, "attr", getattr(node.func, "id", "")) in ("log", "_log")]


def _fields(path: Path) -> set[str]:
    """The fields of a file's lines: what its calls name, and what an entrypoint keeps for its line in `values`."""
    named = {word.arg for call in _calls(path) for word in call.keywords if word.arg}
    if "entrypoints" not in path.parts:
        return named
    texts = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Subscript) and _is_values(node.value):
            texts.append(node.slice)
        elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)) and node.value:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [one for one in ast.walk(node.value) if isinstance(one, ast.Dict) and any(map(_is_values, targets))]
            texts += [key for one in parts for key in one.keys if key]
    return named | {text.value for text in texts if isinstance(text, ast.Constant) and isinstance(text.value, str)}


def _is_values(node: ast.expr) -> bool:
    return getattr(node, "attr", getattr(node, "id", "")) == "values"
