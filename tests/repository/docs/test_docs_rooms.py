"""The picture of the rooms, held against the imports."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY


def test_the_rooms_are_connected_as_drawn() -> None:
    """The arrows of the architecture's diagram are the imports of the code, no more and no less."""
    (block,) = markdown.blocks("docs/architecture.md", "rooms")
    drawn = set(re.findall(r"^  (\w+)(?:\[.*?\])? --> (\w+)", block.text, re.M))
    assert drawn == {arrow for path in _sources() for arrow in _arrows(path) if "ground" not in arrow}


def test_the_ground_floor_stands_on_nothing() -> None:
    """Nothing on it imports a room, and the local cloud imports none either."""
    assert [arrow for path in _sources() for arrow in _arrows(path) if arrow[0] in ("ground", "local")] == []


def _sources() -> list[Path]:
    return [path for room in ("functions", "shared", "cli", "local") for path in (REPOSITORY / room).rglob("*.py")]


def _arrows(path: Path) -> set[tuple[str, str]]:
    own = _room(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = node.module == "shared"
            found |= {_room(f"shared.{name.name}") for name in node.names} if whole else {_room(node.module)}
        elif isinstance(node, ast.Import):
            found |= {_room(name.name) for name in node.names}
    return {(own, room) for room in found if own and room and room != own}


ROOMS = {
    **dict.fromkeys(("start", "app", "invocation", "desk", "broom"), "app"),
    **dict.fromkeys(("site", "wiring", "delivering"), "wiring"),
}
ROOMS |= {name: name for name in ("entrypoints", "event_sources", "idempotency", "use_cases", "policies")}
ROOMS |= {name: name for name in ("credentials", "notifications", "web", "tencent", "commands", "ports")}


def _room(module: str) -> str:
    first, _, rest = module.partition(".")
    second = rest.partition(".")[0]
    if first == "shared":
        return ROOMS.get(second, "ground") if second else ""
    return first if first in ("functions", "cli", "local") else ""
