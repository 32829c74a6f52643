"""The duty that sends the outbox, where sending breaks in a way that nobody foresaw."""

from __future__ import annotations

import pytest

from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.notifications.outbox import KEPT, Outbox, OutboxEntry
from shared.use_cases.duties.send_outbox import SendOutbox
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore


class Panic(BaseException):
    """As a native library raises it: no Exception."""


@pytest.mark.parametrize("error", [KeyError, Panic])
def test_what_breaks_each_time_waits_longer_each_time_and_is_given_up(error: type[BaseException]) -> None:
    """As what its receiver does not take: with growing pauses, and after three days it is left to people, once."""
    clock, store, given_up = WorldClock(1.8e9), MemoryStore(), list[str]()
    entry = OutboxEntry("sweep", "imaccess.user.deleted", "a" * 64, rfc3339(clock.now()), {}, None, clock.now())
    outbox = Outbox(store, clock)
    outbox.put(entry)

    def broken(_entry: OutboxEntry) -> None:
        raise error

    def give_up(_entry: OutboxEntry, why: ImAccessError) -> None:
        given_up.append(why.code)

    tries = 0
    for _ in range(int(KEPT / 300) + 20):
        duty = SendOutbox(outbox, clock, broken, give_up, lambda _entry, _error: "")
        for item in duty.due(lambda: False):
            tries += 1
            with pytest.raises(ImAccessError):
                duty.do(item)
        clock.advance(300)
    assert given_up == ["internal_error"]
    assert 70 <= tries <= 80
    assert not store.objects
