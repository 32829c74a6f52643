"""One clock for the emulator and for the processes of the functions. It stands still until somebody moves it."""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from threading import Lock
from types import SimpleNamespace

_START = 1_790_000_000.25
_DOUBLE = struct.Struct("d")


class SharedClock:
    """A moment, in a file of 8 bytes: a slow machine has as much time as a fast one, and nobody waits for a lease."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_DOUBLE.pack(_START))
        with path.open("r+b") as file:
            self._moment = mmap.mmap(file.fileno(), _DOUBLE.size)
        self._lock = Lock()

    def now(self) -> float:
        """Seconds since the epoch."""
        moment: float = _DOUBLE.unpack(self._moment[:])[0]
        return moment

    def advance(self, seconds: float) -> None:
        """Let that much time have passed."""
        with self._lock:
            self._moment[:] = _DOUBLE.pack(self.now() + max(0.0, seconds))

    def rule(self, module: SimpleNamespace, *, skew: float = 0.0) -> None:
        """Take over a module `time`: it tells this clock, so many seconds off, and whoever sleeps moves it."""
        module.time = lambda: self.now() + skew
        module.sleep = self.advance
