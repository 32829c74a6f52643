"""Gets the wheels of the locked requirements. They are kept in the virtual environment, so that a later build needs no
network."""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from local.scf.interpreter import PYTHON
from tools.package import target
from tools.package.lock import Pin

DOWNLOAD = ("download", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:")


class WheelError(Exception):
    """No wheel that fits the target and the lock can be found."""


def collect(pins: Iterable[Pin], cache: Path) -> list[Path]:
    """The wheel of each pin, from `cache` if it is there, else from the package index. Raises `WheelError`."""
    pins = list(pins)
    missing = [pin for pin in pins if find(pin, cache) is None]
    if missing:
        download(missing, cache)
    return [cached(pin, cache) for pin in pins]


def cached(pin: Pin, cache: Path) -> Path:
    """The wheel of one pin in the cache. Raises `WheelError` if there is none."""
    wheel = find(pin, cache)
    if wheel is None:
        raise WheelError(f"no wheel of {pin.name} {pin.version} has a hash of the lock and fits CPython 3.10")
    return wheel


def find(pin: Pin, cache: Path) -> Path | None:
    """The best wheel of exactly this version whose hash is locked and which runs on the target."""
    ranked = [(place, path) for path in cache.glob("*.whl") if (place := rank(path, pin)) is not None]
    locked = [one for one in ranked if hashlib.sha256(one[1].read_bytes()).hexdigest() in pin.hashes]
    return min(locked, key=lambda one: (one[0], one[1].name), default=(0, None))[1]


def rank(wheel: Path, pin: Pin) -> int | None:
    """The position of a wheel's best tag among the target's tags, where 0 is the most specific. None for a wheel that
    does not run on the target, or is of another package or version.
    """
    try:
        name, version, _, tagged = parse_wheel_filename(wheel.name)
    except InvalidWheelFilename:
        return None
    if (name, version) != (pin.name, Version(pin.version)):
        return None
    return min((place for place, tag in enumerate(target.supported()) if tag in tagged), default=None)


def download(pins: Iterable[Pin], cache: Path) -> None:
    """Let pip download wheels for the target, whatever interpreter runs pip. Raises `WheelError` with pip's
    last line.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        listing = Path(scratch, "requirements.txt")
        listing.write_text("".join(f"{pin.line}\n" for pin in pins), encoding="utf-8")
        command = [sys.executable, "-m", "pip", *DOWNLOAD, *options(), "-r", str(listing), "-d", str(cache)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        errors = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("ERROR")]
        raise WheelError(f"pip could not download the wheels: {errors[-1] if errors else 'it gave no reason'}")


def options() -> list[str]:
    """pip's options for the target."""
    python = "{}.{}".format(*PYTHON)
    platforms = [f"--platform={one}" for one in target.PLATFORMS]
    return [*platforms, f"--python-version={python}", "--implementation=cp", *(f"--abi={one}" for one in target.ABIS)]
