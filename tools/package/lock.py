"""The locked requirements, read from the file that `make lock` writes; those that the target needs."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.package import target

LINE = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;]+)\s*(?:;\s*(?P<marker>.+))?")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class LockError(ValueError):
    """The lock has a line that pins nothing, or has no hash."""


@dataclass(frozen=True)
class Pin:
    """One package at one version; `hashes` are the SHA-256 of the files that may be taken."""

    name: str
    version: str
    hashes: frozenset[str]

    @property
    def line(self) -> str:
        """As pip reads it; the marker is gone, since pip would evaluate it for the interpreter that runs pip."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash=sha256:{one}" for one in sorted(self.hashes))])


def read(path: Path) -> list[Pin]:
    """The pins of a lock that hold on the target. Raises `LockError`, or `MarkerError` for an unreadable marker."""
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [pin for pin in map(parse, lines) if pin is not None]


def parse(line: str) -> Pin | None:
    """One line of the lock, or None where its marker excludes the target. Raises `LockError`."""
    hashes = frozenset(HASH.findall(line))
    match = LINE.fullmatch(line.partition("--hash")[0].strip())
    if match is None or not hashes:
        raise LockError(f"not a pin with hashes: {line[:80]}")
    marker = match["marker"]
    if marker and not target.holds(marker.strip()):
        return None
    return Pin(normal(match["name"]), match["version"], hashes)


def normal(name: str) -> str:
    """A package's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
