"""A duty of the sweep: find what is due, do one, account for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

from shared.errors import ImAccessError


class Duty(Protocol):
    """One thing that the sweep sees to. Doing an item twice, or in two sweeps at once, does no harm."""

    @property
    def name(self) -> str:
        """What it is called in counters and logs."""

    def due(self) -> Sequence[str]:
        """What is due now, the most urgent first. Raises Unavailable, CloudError."""

    def do(self, item: str) -> None:
        """Do one. Raises ImAccessError where that did not succeed; then it is still due, now or later."""


class Watch(Protocol):
    """What a run needs of its invocation."""

    def out_of_time(self) -> bool:
        """Whether the time limit is too near to start another piece of work."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""


def run(duty: Duty, watch: Watch) -> dict[str, int]:
    """Do what is due of one duty, as far as time allows: `{"done": n, "failed": n, "left": n}`. Never raises.

    One item that fails keeps no other from being done, and one duty keeps no other from its turn.
    """
    counts = Counter(done=0, failed=0, left=0)
    try:
        items = duty.due()
    except ImAccessError as error:
        watch.log("duty", level="error", duty=duty.name, code=error.code, detail=error.detail)
        return {"done": 0, "failed": 1, "left": 0}
    for item in items:
        if watch.out_of_time():
            counts["left"] += 1
            continue
        counts["done" if _done(duty, item, watch) else "failed"] += 1
    if sum(counts.values()):
        watch.log("duty", duty=duty.name, counts=dict(counts))
    return dict(counts)


def _done(duty: Duty, item: str, watch: Watch) -> bool:
    try:
        duty.do(item)
    except ImAccessError as error:
        watch.log("duty", level=error.meaning.level, duty=duty.name, item=item, code=error.code, detail=error.detail)
        return False
    return True
