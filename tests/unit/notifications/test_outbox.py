"""What waits in the outbox is tried with growing pauses, for three days."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

from shared.errors import ImAccessError, Unavailable
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.use_cases.duties.send_outbox import SendOutbox
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore


def test_it_is_tried_with_growing_pauses_and_then_given_up() -> None:
    """A minute at first, twice as long each time, an hour at most; after 72 hours it is given up, once."""
    clock, store = WorldClock(1.8e9), MemoryStore()
    tries: list[float] = []
    given_up: list[float] = []

    def send(_entry: OutboxEntry) -> None:
        tries.append(clock.now())
        raise Unavailable("down")

    def give_up(_entry: OutboxEntry, error: ImAccessError) -> None:
        assert error.code == "cloud_unavailable"
        given_up.append(clock.now())

    Outbox(store, clock).put(OutboxEntry("f", "t", "0" * 64, "", {}, None, first_at=clock.now()))
    for _ in range(75 * 60):
        clock.advance(60)
        duty = SendOutbox(Outbox(store, clock), clock, send, give_up, lambda _entry, _error: "")
        for item in duty.due(lambda: False):
            with suppress(Unavailable):
                duty.do(item)
    pauses = [later - earlier for earlier, later in pairwise([1.8e9, *tries])]
    assert pauses[:7] == [60, 120, 240, 480, 960, 1920, 3600]
    assert set(pauses[7:]) == {3600}
    assert given_up == [tries[-1]]
    assert 72 * 3600 <= given_up[0] - 1.8e9 < 73 * 3600
    assert not store.below("outbox/")
