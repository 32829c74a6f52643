"""How far long work has come: a line that moves in a terminal, now and then a line elsewhere; beside the output."""

from __future__ import annotations

import time
from typing import TextIO

from rich.console import Console as Terminal
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from cli.language import _
from shared.clock import Clock

_SILENT = 1.0
"""Seconds for which nobody wonders."""
_PAUSE = 2.0
"""Seconds between two lines where nothing can move."""


class Progress:
    """Of one run of the command. `told` is what it has come to, in words."""

    def __init__(self, err: TextIO, clock: Clock) -> None:
        self.told = ""
        self._err = err
        self._clock = clock
        self._told_at = 0.0
        self._began = time.monotonic()
        self._live: Live | None = None
        self._spinner = Spinner("dots")

    def start(self) -> None:
        """Show in a terminal, from the first second on, that something is going on."""
        if self._err.isatty():
            terminal = Terminal(file=self._err)
            self._live = Live(console=terminal, transient=True, refresh_per_second=8, get_renderable=self._shown)
            self._live.start()

    def stop(self) -> None:
        """Leave the terminal to what is printed next."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def step(self, what: str) -> None:
        """Say what is being done now."""
        self.told = what

    def advance(self, done: int, of: int, what: str = "") -> None:
        """Say how much is done, outside terminals at most once in two seconds; nothing for a single piece."""
        self.told = " ".join(filter(None, (_("{done} of {of}").format(done=done, of=of), what)))
        now = self._clock.now()
        self._told_at = self._told_at or now
        if self._live is None and of > 1 and done < of and now - self._told_at >= _PAUSE:
            self._told_at = now
            self._err.write(self.told + "\n")
            self._err.flush()

    def _shown(self) -> Text | Spinner:
        if time.monotonic() - self._began < _SILENT:
            return Text("")
        self._spinner.text = Text(self.told)
        return self._spinner
