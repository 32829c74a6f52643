"""The deployable package as the platform unpacks it: a read-only folder, run by the platform's Python."""

import contextlib
import dataclasses
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.scf.interpreter import python310
from local.scf.model import Spec

RUNTIME = "Python3.10"
COMPILED = "cpython-310-"
"""In the name of a module that no other Python loads (PEP 3149)."""
HERE = f"Python{sys.version_info.major}.{sys.version_info.minor}"


class PackageError(Exception):
    """There is no package at the given path."""


@dataclass(frozen=True)
class Deployed:
    """An unpacked package: its folder, the interpreter that runs it, its name, and the folders that are searched first.

    `remark` says in one line how this differs from the platform; None if it does not.
    """

    root: Path
    python: str
    runtime: str = RUNTIME
    before: tuple[Path, ...] = ()
    remark: str | None = None

    def run(self, spec: Spec) -> Spec:
        """A function of this package, which contains everything that it imports."""
        surroundings = dataclasses.replace(spec, python=self.python, runtime=self.runtime, before=self.before)
        return dataclasses.replace(surroundings, roots=(self.root,), dependencies=False)


@contextlib.contextmanager
def deployed(package: Path) -> Iterator[Deployed]:
    """Make a package ready to run; it is given as the zip or as a folder with the same files. Raises `PackageError`."""
    if package.is_dir():
        yield choose(package.resolve())
        return
    with tempfile.TemporaryDirectory(prefix="im-access-") as scratch:
        root = Path(scratch, "user")
        unpack(package, root)
        try:
            yield choose(root)
        finally:
            protect(root, writable=True)


def unpack(package: Path, root: Path) -> None:
    """Unpack a zip into a folder that is then made read-only, like `/var/user`."""
    try:
        with zipfile.ZipFile(package) as archive:
            archive.extractall(root)
    except (OSError, zipfile.BadZipFile) as error:
        raise PackageError(f"{package} is no package ({error}); `make package` writes dist/im-access.zip") from None
    protect(root, writable=False)


def protect(root: Path, *, writable: bool) -> None:
    """Remove the right to write from every folder and file, or restore it."""
    for path in (root, *root.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o200 if writable else mode & ~0o222)


def choose(root: Path) -> Deployed:
    """Choose Python 3.10 for a folder, if there is one; else this Python, which cannot load the package's bytecode."""
    python = python310()
    if python:
        return Deployed(root, python)
    remark = f"no CPython 3.10 here: the package's functions run on {HERE}"
    if not any(root.rglob(f"*.{COMPILED}*.so")):
        return Deployed(root, sys.executable, HERE, remark=remark)
    installed = Path(sysconfig.get_path("platlib"))
    return Deployed(root, sys.executable, HERE, (installed,), f"{remark}, with the dependencies installed here")
