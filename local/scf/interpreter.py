"""Finds a working CPython 3.10 on this machine, to compile bytecode and to run the package."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PYTHON = (3, 10)
"""The release of the newest Python on SCF: https://cloud.tencent.com/document/product/583/11061."""
ASK = "import marshal, ssl, sys; print(sys.implementation.name, *sys.version_info[:3])"
PLACES = (".pyenv/versions/3.10*/bin/python3.10", ".local/share/uv/python/cpython-3.10*/bin/python3.10")


@cache
def python310() -> str | None:
    """The path of a working CPython 3.10: this one, the one on PATH, pyenv's or uv's; None if there is none."""
    return next((path for path in candidates() if release(path)[:2] == PYTHON), None)


def candidates() -> Iterator[str]:
    """Where a Python 3.10 may be, the nearest first."""
    yield sys.executable
    found = shutil.which("python3.10")
    if found:
        yield found
    for place in PLACES:
        yield from map(str, sorted(Path.home().glob(place), reverse=True))


@cache
def release(path: str) -> tuple[int, ...]:
    """The release of a CPython, such as (3, 10, 13); empty if the program does not run, as may happen with a shim."""
    try:
        done = subprocess.run([path, "-S", "-c", ASK], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    words = done.stdout.split()
    return tuple(map(int, words[1:])) if done.returncode == 0 and words[:1] == ["cpython"] else ()
