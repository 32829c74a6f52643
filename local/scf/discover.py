"""Finds the functions in a directory without importing anything."""

import ast
from pathlib import Path


def functions(root: Path) -> list[str]:
    """The root-level modules that have a `main_handler`, by name."""
    return [path.stem for path in sorted(root.glob("*.py")) if has_handler(path)]


def has_handler(path: Path) -> bool:
    """Whether the module defines, assigns or imports `main_handler` at its top level."""
    return any("main_handler" in bound(statement) for statement in ast.parse(path.read_bytes()).body)


def bound(statement: ast.stmt) -> list[str]:
    """The names that a top-level statement defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.ImportFrom(names=aliases):
            return [alias.asname or alias.name for alias in aliases]
    return []
