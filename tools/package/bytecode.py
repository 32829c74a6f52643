"""Compiles bytecode for the package with a real CPython 3.10, in a process that behaves the same on every machine."""

import subprocess
import tempfile
from pathlib import Path

from tools.package.contents import Files

COMPILER = Path(__file__).with_name("compiler.py")


class CompileError(Exception):
    """A module of the package does not compile under Python 3.10."""


def compiled(files: Files, python: str) -> Files:
    """A `.pyc` for every module of `files`, by its path in the package. Raises `CompileError`."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        write({name: content for name, content in files.items() if name.endswith(".py")}, root)
        # Without site packages and environment, so that nothing installed here can change the result.
        command = [python, "-s", "-S", "-B", "-W", "ignore", str(COMPILER), str(root)]
        done = subprocess.run(command, env={"PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CompileError(done.stderr.strip().replace(f"{root}/", "").rpartition("\n")[2] or "no reason given")
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.pyc"))}


def write(files: Files, root: Path) -> None:
    """Write files below `root`, which exists."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
