"""The protocol of the sweep's duties: find what is due, do one item, note where the next run begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Done = Mapping[str, int]
"""The outcomes of an item and their numbers, for the log; empty where there was nothing to do."""
Late = Callable[[], bool]
"""Whether the time that a duty may spend on finding is used up."""


class Braked(Exception):
    """More is due than the limit, so that something else may be wrong: the duty does none and waits for a person."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"{left} are due")


class Held(Exception):
    """An item whose turn is in a later run: as many as may be done in one were tried."""


class Duty(Protocol):
    """One kind of work of the sweep. Doing an item twice, or in two sweeps at once, does no harm."""

    @property
    def name(self) -> str:
        """The name in counters and logs."""

    def due(self, late: Late) -> Sequence[str]:
        """The names of the items that are due now, in the order in which to do them; stops looking once it is `late`.

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
