"""Runs under Python 3.10 only: `python3.10 pattern_recorder.py FOLDER` says which patterns a cold start of it compiles.

One JSON line each: the module that has it compiled, the pattern, whether it is of bytes, and its flags.
"""

import json
import sre_compile
import sys
from pathlib import Path
from typing import Any

_compile = sre_compile.compile
_ENGINE = ("re", "sre_compile", "sre_parse", __name__)


def compile_(pattern: Any, flags: int = 0) -> Any:  # noqa: ANN401 - may be a parsed pattern
    """Compile it, and say so."""
    if isinstance(pattern, str | bytes):
        text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
        row = {"module": caller(), "pattern": text, "bytes": isinstance(pattern, bytes), "flags": int(flags)}
        sys.stdout.write(json.dumps(row, sort_keys=True) + "\n")
    return _compile(pattern, flags)


def caller() -> str:
    """The module whose pattern it is."""
    frame = sys._getframe(1)  # noqa: SLF001 - the way to a caller
    while (name := frame.f_globals["__name__"]) in _ENGINE and frame.f_back:
        frame = frame.f_back
    return str(name)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sre_compile.compile = compile_  # type: ignore[assignment] # the same function, but it tells
    for function in sorted(Path(sys.argv[1]).glob("*.py")):
        __import__(function.stem)
