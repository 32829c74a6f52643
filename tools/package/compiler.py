"""Runs under Python 3.10 only: `python3.10 compiler.py <directory>` writes the bytecode of every module below it.

It works like `compileall --invalidation-mode unchecked-hash -s <directory> -p /var/user`, with one difference: the
bytes depend on the source alone. `marshal` marks an object as shared if anything else refers to it, so the same source
can give other bytes in another interpreter. Here a list refers to every object, so that all are marked.
"""

import importlib.util
import marshal
import sys
from pathlib import Path
from types import CodeType

CODE_ROOT = "/var/user"
"""Where SCF unpacks the code (facts: https://cloud.tencent.com/document/product/583/11061), for tracebacks."""

UNCHECKED_HASH = (0b01).to_bytes(4, "little")
"""PEP 552: the file has the source's hash and is used without looking at the source."""


def parts(code: CodeType) -> list[object]:
    """All objects that a code object consists of, at every depth."""
    named = [code.co_code, code.co_consts, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars]
    held: list[object] = [*named, code.co_filename, code.co_name, code.co_linetable, code.co_firstlineno]
    held += [*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars]
    for constant in flat(code.co_consts):
        held += [constant, *(parts(constant) if isinstance(constant, CodeType) else [])]
    return held


def flat(constants: object) -> list[object]:
    """Constants, and those inside tuples and frozensets."""
    if not isinstance(constants, tuple | frozenset):
        return [constants]
    return [constants, *(inner for one in constants for inner in flat(one))]


def bytecode(source: bytes, name: str) -> bytes:
    """The content of a `.pyc` for the module at `name` below the code root."""
    code = compile(source, f"{CODE_ROOT}/{name}", "exec", dont_inherit=True)
    held = [code, *parts(code)]
    body = marshal.dumps(code)
    del held
    return importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source) + body


def main(root: Path) -> None:
    """Compile every module below `root`, in a fixed order."""
    for path in sorted(root.rglob("*.py")):
        target = Path(importlib.util.cache_from_source(str(path)))
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(bytecode(path.read_bytes(), path.relative_to(root).as_posix()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
