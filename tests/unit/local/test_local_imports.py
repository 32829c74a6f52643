"""The files of the local cloud import each other in one direction only."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
Graph = dict[str, set[str]]


def modules(root: Path, package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name; a folder's `__init__.py` has the folder's name."""
    files = (root / package).rglob("*.py")
    dotted = {".".join(path.relative_to(root).with_suffix("").parts): path for path in files}
    return {name.removesuffix(".__init__"): path for name, path in dotted.items()}


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a file imports anywhere in it: a module, and the name taken from it or an empty text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def imports(root: Path, package: str) -> Graph:
    """For each module of a package those that it imports, also in functions and for type checkers alone."""
    known = modules(root, package)
    graph: Graph = {name: set() for name in known}
    for name, path in known.items():
        for module, attribute in imported(ast.parse(path.read_text("utf-8"))):
            wanted = f"{module}.{attribute}" if f"{module}.{attribute}" in known else module
            graph[name] |= {wanted} & known.keys()
    return graph


def circular(graph: Graph) -> set[str]:
    """The modules of a graph that are part of a circle, or lead to one: take away whatever imports nothing, again."""
    left = dict(graph)
    while done := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in done:
            del left[name]
    return set(left)


def test_no_circle() -> None:
    """No file of the local cloud imports itself through others, imports for type checkers included."""
    assert circular(imports(REPOSITORY, "local")) == set()


@pytest.mark.parametrize(
    "line", ["from p import a", "from p.a import X", "import p.a", "if TYPE_CHECKING:\n    from p.a import X"]
)
def test_a_circle_is_found(tmp_path: Path, line: str) -> None:
    """A circle of two files is found whichever way the second imports the first."""
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "a.py").write_text("from p import b\n")
    (folder / "b.py").write_text(f"{line}\n")
    (folder / "c.py").write_text("import os\n")
    assert circular(imports(tmp_path, "p")) == {"p.a", "p.b"}
