"""A duty of the sweep: find what is due, do one, account for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Done = Mapping[str, int]
"""What came of an item, as words and numbers for the log; empty where there turned out to be nothing to do."""
Late = Callable[[], bool]
"""Whether the time that a duty may spend on finding is used up."""


class Braked(Exception):
    """So much is due that something else must be wrong: the duty does none of it and waits for a person."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"{left} are due")


class Held(Exception):
    """An item whose turn is in a later run: as many as may be done in one were tried."""


class Duty(Protocol):
    """One thing that the sweep sees to. Doing an item twice, or in two sweeps at once, does no harm."""

    @property
    def name(self) -> str:
        """What it is called in counters and logs."""

    def due(self, late: Late) -> Sequence[str]:
        """Names of what is due now, in the order in which it is to be done; of what was found before it was late.

        Names are logged. Raises Braked, Unavailable, CloudError.
        """

    def do(self, item: str) -> Done:
        """Do one. Raises ImAccessError where that did not succeed; then it is still due, now or later; Held."""

    def ended(self, left: Sequence[str]) -> None:
        """Note where the next run begins; `left` are the items for which there was no time. Raises ImAccessError."""


class Watch(Protocol):
    """What a run needs of its invocation."""

    @property
    def reserve(self) -> float:
        """Seconds before the time limit in which nothing further is started."""

    def remaining(self) -> float:
        """Seconds until the time limit."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""
