"""One time for the emulator and for the processes of the functions, which nobody has to wait for: it can be moved."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from threading import Lock
from time import time as _real
from types import SimpleNamespace

_DOUBLE = struct.Struct("d")


class SharedClock:
    """The machine's time and what everybody has been moved ahead of it, which stands in a file of 8 bytes."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_DOUBLE.pack(0.0))
        with path.open("r+b") as file:
            self._ahead = mmap.mmap(file.fileno(), _DOUBLE.size)
        self._lock = Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        ahead: float = _DOUBLE.unpack(self._ahead[:])[0]
        return _real() + ahead

    def advance(self, seconds: float) -> None:
        """Let that much time have passed."""
        with self._lock:
            self._ahead[:] = _DOUBLE.pack(_DOUBLE.unpack(self._ahead[:])[0] + max(0.0, seconds))

    def rule(self, module: SimpleNamespace, *, skew: float = 0.0) -> None:
        """Take over a module `time`: it tells this clock, so many seconds off, and whoever sleeps moves it."""
        module.time = lambda: self.now() + skew
        module.sleep = self.advance
