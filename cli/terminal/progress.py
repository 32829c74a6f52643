"""Shows the progress of long work on standard error: a bar on a terminal, elsewhere a line from time to time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TextIO

from rich.console import Console as Terminal
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from cli.language import _
from shared.clock import Clock

_SILENT = 1.0
"""Seconds after which progress is shown."""
_PAUSE = 2.0
"""Seconds between two lines outside a terminal."""
_WIDTH = 24


class Progress:
    """The progress of one run of a command. `text`: the present state, in words."""

    def __init__(self, err: TextIO, clock: Clock, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self.text = ""
        self._err = err
        self._clock = clock
        self._told_at = 0.0
        self._stopwatch = stopwatch
        self._began = self._part_began = stopwatch()
        self._what, self._done, self._of = "", 0, 0
        self._live: Live | None = None
        self._spinner = Spinner("dots")

    def start(self) -> None:
        """Start the bar on a terminal; it appears after the first second."""
        if self._err.isatty():
            terminal = Terminal(file=self._err)
            self._live = Live(console=terminal, transient=True, refresh_per_second=8, get_renderable=self.shown)
            self._live.start()

    def stop(self) -> None:
        """Remove the bar before something else is printed."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def step(self, what: str) -> None:
        """Set the text that says what is being done now."""
        self.text = self._what = what
        self._done, self._of = 0, 0

    def advance(self, done: int, of: int, what: str = "") -> None:
        """Count a finished piece. Without a terminal, print this at most once in two seconds, and not for a single
        piece.
        """
        if (what, of) != (self._what, self._of):
            self._part_began = self._stopwatch()
        self._what, self._done, self._of = what, done, of
        self.text = " ".join(filter(None, (_("{done} of {of}").format(done=done, of=of), what)))
        now = self._clock.now()
        self._told_at = self._told_at or now
        if self._live is None and of > 1 and done < of and now - self._told_at >= _PAUSE:
            self._told_at = now
            self._err.write(self.text + "\n")
            self._err.flush()

    def shown(self) -> Text | Table:
        """What a terminal shows now: nothing in the first second, then the text, with a bar if the total is known."""
        if self._stopwatch() - self._began < _SILENT:
            return Text("")
        grid = Table.grid(padding=(0, 1))
        if self._of < 2:
            grid.add_row(self._spinner, Text(self._what))
        else:
            bar = ProgressBar(total=self._of, completed=self._done, width=_WIDTH)
            grid.add_row(self._spinner, bar, Text(f"{self._done}/{self._of} {self._what}"), Text(self._left()))
        return grid

    def _left(self) -> str:
        """How long the rest will take at the present speed."""
        took = self._stopwatch() - self._part_began
        if not self._done or took < _PAUSE:
            return ""
        minutes, seconds = divmod(round(took / self._done * (self._of - self._done)), 60)
        return _("{time} left").format(time=f"{minutes}:{seconds:02}")
