"""Reads the locked requirements that the target needs, from the file that `make lock` writes."""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from tools.package import target

HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class LockError(ValueError):
    """The lock has a line without an exact version, or without a hash."""


@dataclass(frozen=True)
class Pin:
    """One package at one version; `hashes` are the SHA-256 digests of the files that may be used."""

    name: str
    version: str
    hashes: frozenset[str]

    @property
    def line(self) -> str:
        """The line for pip, without the marker, because pip would evaluate it for the interpreter that runs pip."""
        return " ".join([f"{self.name}=={self.version}", *(f"--hash=sha256:{one}" for one in sorted(self.hashes))])


def read(path: Path) -> list[Pin]:
    """The pins of a lock that apply to the target. Raises `LockError`, or `MarkerError` for a marker that cannot be
    read.
    """
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return [pin for pin in map(parse, lines) if pin is not None]


def parse(line: str) -> Pin | None:
    """One line of the lock, or None where its marker excludes the target. Raises `LockError`, `MarkerError`."""
    hashes = frozenset(HASH.findall(line))
    text, _, marker = line.partition("--hash")[0].partition(";")
    try:
        wanted = Requirement(text.strip())
    except InvalidRequirement as error:
        raise LockError(f"not a pin with hashes: {line[:80]}") from error
    version = exact(wanted)
    if version is None or not hashes:
        raise LockError(f"not a pin with hashes: {line[:80]}")
    if marker.strip() and not target.holds(marker.strip()):
        return None
    return Pin(canonicalize_name(wanted.name), version, hashes)


def exact(wanted: Requirement) -> str | None:
    """The only version that a requirement allows; None for a range, an extra or an address."""
    versions = [one.version for one in wanted.specifier if one.operator == "==" and not one.version.endswith(".*")]
    plain = len(wanted.specifier) == 1 and not wanted.extras and wanted.url is None
    return versions[0] if versions and plain else None
