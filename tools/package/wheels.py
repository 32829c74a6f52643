"""The wheels of the locked requirements, kept in the virtual environment so that a later build needs no network."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tools.package import target
from tools.package.lock import Pin, normal

DOWNLOAD = ("download", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:")


class WheelError(Exception):
    """A wheel that fits the target and the lock is not to be had."""


def collect(pins: Iterable[Pin], cache: Path) -> list[Path]:
    """The wheel of each pin, from `cache` if it is there, else downloaded. Raises `WheelError`."""
    pins = list(pins)
    missing = [pin for pin in pins if find(pin, cache) is None]
    if missing:
        download(missing, cache)
    return [have(pin, cache) for pin in pins]


def have(pin: Pin, cache: Path) -> Path:
    """The wheel of one pin. Raises `WheelError` when the cache has none."""
    wheel = find(pin, cache)
    if wheel is None:
        raise WheelError(f"no wheel of {pin.name} {pin.version} has a hash of the lock and fits CPython 3.10")
    return wheel


def find(pin: Pin, cache: Path) -> Path | None:
    """The best wheel of exactly this version whose hash is locked and which runs on the target."""
    named = [path for path in cache.glob("*.whl") if names(path) == (pin.name, pin.version)]
    fitting = [path for path in named if rank(path) is not None]
    locked = [path for path in fitting if hashlib.sha256(path.read_bytes()).hexdigest() in pin.hashes]
    return min(locked, key=lambda path: (rank(path) or 0, path.name), default=None)


def names(wheel: Path) -> tuple[str, str]:
    """Name and version, as PEP 427 puts them in the file's name."""
    name, version, *_ = wheel.name.split("-")
    return normal(name), version


def rank(wheel: Path) -> int | None:
    """0 for a wheel made for the target, more for a general one, None for one that does not run there."""
    python, abi, platform = (part.split(".") for part in wheel.stem.split("-")[-3:])
    if not any(fits_platform(one) for one in platform):
        return None
    if "cp310" in python and "cp310" in abi:
        return 0
    if "abi3" in abi and any(one.startswith("cp3") and int(one[3:]) <= target.PYTHON[1] for one in python):
        return 1
    return 2 if "none" in abi and {"py3", "cp310", "py310"} & set(python) else None


def fits_platform(tag: str) -> bool:
    """Whether a platform tag is any platform, or x86-64 Linux with no newer glibc than the target's."""
    if tag in ("any", *target.PLATFORMS, "manylinux1_x86_64", "manylinux2010_x86_64"):
        return True
    parts = tag.split("_")
    return parts[0] == "manylinux" and parts[3:] == ["x86", "64"] and (int(parts[1]), int(parts[2])) <= target.GLIBC


def download(pins: Iterable[Pin], cache: Path) -> None:
    """Let pip fetch wheels for the target, whatever interpreter runs it. Raises `WheelError` with pip's last line."""
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        listing = Path(scratch, "requirements.txt")
        listing.write_text("".join(f"{pin.line}\n" for pin in pins), encoding="utf-8")
        command = [sys.executable, "-m", "pip", *DOWNLOAD, *options(), "-r", str(listing), "-d", str(cache)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("ERROR")]
        raise WheelError(f"pip could not download the wheels: {said[-1] if said else 'it gave no reason'}")


def options() -> list[str]:
    """pip's options for the target."""
    python = "{}.{}".format(*target.PYTHON)
    platforms = [f"--platform={one}" for one in target.PLATFORMS]
    return [*platforms, f"--python-version={python}", "--implementation=cp", *(f"--abi={one}" for one in target.ABIS)]
