"""The diagram of the rooms is compared with the imports."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY

ROOMS = {
    **dict.fromkeys(("app", "cold_start"), "app"),
    **{
        name: name
        for name in (
            "bootstrap",
            "commands",
            "operations",
            "entrypoints",
            "event_sources",
            "idempotency",
            "use_cases",
            "policies",
            "people",
            "credentials",
            "notifications",
            "hr_systems",
            "sweeping",
            "scim",
            "web",
            "tencent",
        )
    },
}
"""Which room each file or folder of shared/ is in; every other file is on the ground floor."""


BELOW = {
    "shared": set[str](),
    "local": set[str](),
    "functions": {"shared"},
    "doctor": {"shared"},
    "cli": {"doctor", "shared"},
    "tools": {"cli", "local", "shared", "tests"},
    "benchmarks": {"cli", "local", "shared", "tests"},
}
"""What each folder of the repository imports; the stories of tests are told by tools and benchmarks, too."""


def test_the_rooms_are_connected_as_drawn() -> None:
    """The arrows of the architecture's diagram are the imports of the code, no more and no less."""
    (block,) = markdown.blocks("docs/architecture.md", "rooms")
    drawn = set(re.findall(r"^  (\w+)(?:\[.*?\])? --> (\w+)", block.text, re.M))
    assert drawn == {arrow for path in _sources() for arrow in _arrows(path) if "ground" not in arrow}


def test_the_ground_floor_stands_on_nothing() -> None:
    """Nothing on it imports a room, and the local cloud imports none either."""
    assert [arrow for path in _sources() for arrow in _arrows(path) if arrow[0] in ("ground", "local")] == []


def test_each_folder_knows_only_what_is_below() -> None:
    """The product knows nothing of the local cloud, and neither of the tools that build and check it."""
    for folder, below in BELOW.items():
        imported = {module for path in (REPOSITORY / folder).rglob("*.py") for module in _imports(path)}
        assert {module.partition(".")[0] for module in imported} & {*BELOW, "tests"} - {folder} == below


def test_only_adapters_and_their_composition_know_tencent() -> None:
    """Who may have what, credentials, use cases and idempotency speak in the words of ports alone."""
    rooms = ("policies", "credentials", "use_cases", "idempotency", "commands", "event_sources", "ground")
    assert [
        arrow for path in _sources() for arrow in _arrows(path) if arrow[1] == "tencent" and arrow[0] in rooms
    ] == []


def test_arrows_point_down() -> None:
    """No room can be reached from itself: there is no circle between rooms."""
    arrows = {arrow for path in _sources() for arrow in _arrows(path)}
    assert [room for room in sorted({room for room, _ in arrows}) if room in _reached(room, arrows)] == []


def test_no_folder_of_the_command_is_in_a_circle() -> None:
    """`im-access` has rooms, too, and the arrows between them go one way."""
    arrows = {
        (_folder(_module(path)), _folder(imported))
        for path in (REPOSITORY / "cli").rglob("*.py")
        for imported in _imports(path)
        if imported.startswith("cli.")
    }
    between = {(source, target) for source, target in arrows if source and target and source != target}
    assert len(between) > 5
    assert [folder for folder, _ in between if folder in _reached(folder, between)] == []


def test_no_file_is_in_a_circle() -> None:
    """Nor is there one between files of a room, imports for type checkers included."""
    arrows = {(_module(path), imported) for path in _sources() for imported in _imports(path)}
    modules = {module for module, _ in arrows}
    inside = {(module, imported) for module, imported in arrows if imported in modules and imported != module}
    assert [module for module in sorted(modules) if module in _reached(module, inside)] == []


def test_a_class_name_stands_for_one_thing() -> None:
    """No two public classes of the rooms that the functions have share a name."""
    found = Counter(
        node.name
        for path in (REPOSITORY / "shared").rglob("*.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, times in found.items() if times > 1] == []


def _reached(start: str, arrows: set[tuple[str, str]]) -> set[str]:
    following: dict[str, set[str]] = {}
    for source, target in arrows:
        following.setdefault(source, set()).add(target)
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = following.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _sources() -> list[Path]:
    return [
        path for room in ("functions", "shared", "cli", "doctor", "local") for path in (REPOSITORY / room).rglob("*.py")
    ]


def _module(path: Path) -> str:
    return ".".join(path.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it; `from package import module` counts as the module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            inside = {f"{node.module}.{name.name}" for name in node.names}
            modules = {one for one in inside if (REPOSITORY / one.replace(".", "/")).with_suffix(".py").exists()}
            found |= modules or {node.module}
        elif isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
    return found


def _folder(module: str) -> str:
    """The folder that a module is in, below the first; none for one that lies beside them."""
    return module.split(".")[1] if module.count(".") > 1 else ""


def _arrows(path: Path) -> set[tuple[str, str]]:
    own = _room(_module(path))
    return {(own, room) for room in map(_room, _imports(path)) if own and room and room != own}


def _room(module: str) -> str:
    first, _, rest = module.partition(".")
    second = rest.partition(".")[0]
    if first == "shared":
        return ROOMS.get(second, "ground") if second else ""
    return first if first in ("functions", "cli", "doctor", "local") else ""
