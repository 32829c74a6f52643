"""The zip: its bytes depend on what is in it and on nothing else; and the same files in a folder, for the deployer."""

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
    """Write the zip: sorted names, one time, fixed permissions, no trace of the machine.

    It has its name once it is whole; an interruption or a full disk leaves the one that was there.
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
    """A file's record: readable by all, a compiled module also executable."""
    info = zipfile.ZipInfo(name, MOMENT)
    info.create_system = UNIX
    info.external_attr = (0o100755 if name.endswith(".so") else 0o100644) << 16
    return info


def unfold(files: Files, folder: Path) -> None:
    """Write the same files into a folder that then holds nothing else."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    write(files, folder)


def sha256(path: Path) -> str:
    """The digest of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
