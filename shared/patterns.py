"""Regular expressions that were compiled with the package: what bytecode is for modules.

A cold start compiles a hundred of them, in Python, and uses few. The table is made by a CPython 3.10 from the list in
`tools/package/patterns.json`; elsewhere, and for a pattern that is not in it, Python compiles as ever. What the engine
gets is the same, and it checks all code that it is given.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("patterns.bin")
PYTHON = "cpython-310"

Key = tuple[bool, "str | bytes", int]
"""Whether the pattern is of bytes, the pattern, and its flags."""


@contextmanager
def at_hand() -> Iterator[None]:
    """Have the table used by all that compiles regular expressions meanwhile."""
    table = _read() if sys.implementation.cache_tag == PYTHON else None
    if table is None:
        yield
        return
    import sre_compile

    compile_ = sre_compile.compile
    sre_compile.compile = _looking_up(table, compile_)
    try:
        yield
    finally:
        sre_compile.compile = compile_


def _read() -> dict[Key, tuple[Any, ...]] | None:
    try:
        content = TABLE.read_bytes()
    except FileNotFoundError:
        return None
    table: dict[Key, tuple[Any, ...]] = marshal.loads(content)  # noqa: S302 - it came with the package, as bytecode does
    return table


def _looking_up(table: dict[Key, tuple[Any, ...]], compile_: Any) -> Any:  # noqa: ANN401 - the engine has no types
    from _sre import compile as engine  # type: ignore[import-not-found] # there are no types for it

    def look_up(pattern: Any, flags: int = 0) -> Any:  # noqa: ANN401 - may be a parsed pattern
        row = table.get((isinstance(pattern, bytes), pattern, flags)) if isinstance(pattern, str | bytes) else None
        if row is None:
            return compile_(pattern, flags)
        all_flags, code, groups, names, indexes = row
        return engine(pattern, all_flags, memoryview(code).cast("I").tolist(), groups, names, indexes)

    return look_up
