"""The protocol of the duties of the sweep: find the items that are due, do them one by one, record where the next run
begins.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

Done = Mapping[str, int]
"""The outcomes of an item with their numbers, for the log; empty where there was nothing to do."""
Late = Callable[[], bool]
"""Whether the time for finding items is used up."""


class Braked(Exception):
    """More items are due than the limit allows, so something else may be wrong. The duty does none of them, and a
    person has to check.
    """

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(f"{left} are due")


class Held(Exception):
    """The item is left for a later run, because the most items for one run were tried."""


class Duty(Protocol):
    """One kind of work of the sweep. It is harmless to do an item twice, or in two sweeps at once."""

    @property
    def name(self) -> str:
        """The name in counters and logs."""

    def due(self, late: Late) -> Sequence[str]:
        """The names of the items that are due now, in order; stops looking once it is `late`.

        Names are logged. Raises Braked, Unavailable, CloudError.
        """

    def do(self, item: str) -> Done:
        """Do one item. Raises ImAccessError where that failed; then it is due again, now or later. Raises Held."""

    def ended(self, left: Sequence[str]) -> None:
        """Record where the next run begins; `left`: the items for which there was no time. Raises ImAccessError."""


class Watch(Protocol):
    """What a run needs of its invocation."""

    @property
    def reserve(self) -> float:
        """Seconds before the time limit in which nothing more is started."""

    def remaining(self) -> float:
        """Seconds until the time limit."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""
