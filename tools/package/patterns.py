"""The regular expressions of a cold start: their list in this folder, and the table that the package has of them.

The list is kept, since the standard library differs a little between machines, and a package must not. A pattern
that is not in it is compiled at each cold start; one too many costs a few bytes.
`python -m tools.package --record` renews it.
"""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tools.package import bytecode
from tools.package.contents import Files

LIST = Path(__file__).with_name("patterns.json")
TABLE = "shared/patterns.bin"
Rows = list[dict[str, Any]]


def compiled(python: str) -> Files:
    """The table, by its path in the package. Raises `CompileError`."""
    return {TABLE: _run(python, "pattern_compiler.py", LIST)}


def recorded(files: Files, python: str) -> Rows:
    """What a cold start of the package compiles, in a fixed order. Raises `CompileError`."""
    with tempfile.TemporaryDirectory() as scratch:
        bytecode.write({name: content for name, content in files.items() if name != TABLE}, Path(scratch))
        lines = _run(python, "pattern_recorder.py", Path(scratch)).decode().splitlines()
    return [json.loads(line) for line in sorted(set(lines))]


def record(files: Files, python: str) -> None:
    """Renew the list."""
    rows = ",\n".join(json.dumps(row) for row in recorded(files, python))
    LIST.write_text(f"[\n{rows}\n]\n", encoding="utf-8")


def _run(python: str, script: str, argument: Path) -> bytes:
    words = [python, "-s", "-S", "-B", "-W", "ignore", str(LIST.with_name(script)), str(argument)]
    done = subprocess.run(words, env={"PYTHONHASHSEED": "0"}, capture_output=True, check=False)
    if done.returncode:
        raise bytecode.CompileError(done.stderr.decode().strip().rpartition("\n")[2] or "no reason given")
    return done.stdout
