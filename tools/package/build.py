"""Builds the package from its parts."""

from dataclasses import dataclass
from pathlib import Path

from tools.package import archive, bytecode, contents, lock, table, wheels
from tools.package.contents import Files

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "runtime.txt"
WHEELS = ROOT / ".venv" / "wheels"
ZIP = "im-access.zip"
FOLDER = "package"


@dataclass(frozen=True)
class Built:
    """A finished package: the zip, the folder with the same files, and the files themselves."""

    zip: Path
    folder: Path
    files: Files


def build(out: Path, python: str | None, cache: Path = WHEELS, root: Path = ROOT) -> Built:
    """Write the zip and the folder into `out`; `python` is a CPython 3.10 for compiling, or None for no bytecode.

    Raises `LockError`, `MarkerError`, `WheelError`, `ContentError`, `CompileError`, or `SizeError`.
    """
    files = contents.gather(root, wheels.collect(lock.read(root / "requirements" / LOCK.name), cache))
    if python:
        files |= bytecode.compiled(files, python)
    built = Built(out / ZIP, out / FOLDER, files)
    archive.save(files, built.zip)
    archive.unfold(files, built.folder)
    table.check(files, built.zip.stat().st_size)
    return built
