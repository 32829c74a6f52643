"""The brake of the duty that closes what nobody picked up."""

from __future__ import annotations

from typing import Any, cast

import pytest

from shared.credentials.pick_up_records import PickUpLink, digest
from shared.notifications.notification import Notification
from shared.use_cases.duties.claim_links import ClaimLinks
from shared.use_cases.duties.close_unclaimed import CloseUnclaimed, UnclaimedRules
from shared.use_cases.duties.duty import Braked
from shared.use_cases.duties.waiting_files import FoundFiles, WaitingFile
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore

DAY = 86_400.0


class Waits:
    """So many files that nobody has picked up."""

    def __init__(self, count: int) -> None:
        links = [PickUpLink(digest(str(n)), f"credentials/{n}", f"user{n}", n, "req_0", 0, 0) for n in range(count)]
        self.seen = FoundFiles(due=[WaitingFile(link.file, (link,), warned=False, closed=False) for link in links])

    def look(self, *_: object) -> FoundFiles:
        """All of them."""
        return self.seen

    def pass_on(self) -> None:
        """There is one page."""


def test_a_brake_is_told_once_a_day_with_some_names() -> None:
    """An error in the log each time; to the organisation once a day, with 50 names at most."""
    clock, store = WorldClock(1.8e9), MemoryStore()
    told: list[Notification] = []
    lines: list[dict[str, Any]] = []

    def log(event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        lines.append({"event": event, "level": level, **values})

    for pause in (300.0, 300.0, DAY):
        waits = cast("ClaimLinks", Waits(60))
        duty = CloseUnclaimed(store, clock, waits, UnclaimedRules("warn", 59), told.append, lambda _link: True, log)
        with pytest.raises(Braked) as braked:
            duty.due(lambda: False)
        assert braked.value.left == 60
        clock.advance(pause)
    assert (
        lines
        == [{"event": "stopped", "level": "error", "duty": "unclaimed", "users": 60, "limit": 59, "mode": "warn"}] * 3
    )
    assert len(told) == 1
    clock.advance(300)
    with pytest.raises(Braked):
        CloseUnclaimed(store, clock, waits, UnclaimedRules("enforce", 59), told.append, lambda _link: True, log).due(
            lambda: False
        )
    assert [notice.type for notice in told] == ["imaccess.sweep.stopped"] * 2
    assert told[0].data["names"] == [f"user{n}" for n in range(50)]
    assert len({notice.key for notice in told}) == 2
