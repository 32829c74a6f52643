"""Runs under Python 3.10 only: `python3.10 pattern_compiler.py patterns.json` writes the table of shared/patterns.py.

The bytes depend on the list alone: the second version of `marshal` shares no objects.
"""

import json
import marshal
import sre_compile
import sys
from array import array
from pathlib import Path
from typing import Any


class Engine:
    """Stands before the regular-expression engine and keeps what it is given."""

    def __init__(self) -> None:
        self._engine: Any = sre_compile._sre  # type: ignore[attr-defined] # noqa: SLF001 - there is no other door

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the engine has
        return getattr(self._engine, name)

    def compile(self, _pattern: object, flags: int, code: list[int], groups: int, names: Any, indexes: Any) -> Any:  # noqa: ANN401 - as the engine
        """One row, in place of a pattern."""
        return int(flags), array("I", code).tobytes(), groups, dict(names), tuple(indexes)


def main(path: Path) -> None:
    """Compile every pattern of the list, in its order."""
    sre_compile._sre = Engine()  # type: ignore[attr-defined] # noqa: SLF001 - as above
    table: dict[Any, Any] = {}
    for row in json.loads(path.read_text(encoding="utf-8")):
        pattern = row["pattern"].encode("latin-1") if row["bytes"] else row["pattern"]
        table[row["bytes"], pattern, row["flags"]] = sre_compile.compile(pattern, row["flags"])
    sys.stdout.buffer.write(marshal.dumps(table, 2))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
