"""Writes the zip, whose bytes depend on its content alone, and the same files in a folder, which deployment needs."""

import hashlib
import shutil
import zipfile
from pathlib import Path

from tools.package.bytecode import write
from tools.package.contents import Files

MOMENT = (1980, 1, 1, 0, 0, 0)
UNIX = 3
LEVEL = 9


def save(files: Files, path: Path) -> None:
    """Write the zip with sorted names, one time and fixed permissions, so that it does not depend on the machine.

    It is renamed once it is complete; after an interruption or on a full disk the earlier zip stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with zipfile.ZipFile(part, "w") as archive:
            for name in sorted(files):
                archive.writestr(entry(name), files[name], zipfile.ZIP_DEFLATED, LEVEL)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def entry(name: str) -> zipfile.ZipInfo:
    """A file's entry: readable by all, and executable if it is a compiled module."""
    info = zipfile.ZipInfo(name, MOMENT)
    info.create_system = UNIX
    info.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
    return info


def unfold(files: Files, folder: Path) -> None:
    """Write the same files into a folder, and remove everything else from it."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    write(files, folder)


def sha256(path: Path) -> str:
    """The digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
