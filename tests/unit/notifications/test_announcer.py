"""Sending notifications: a slow receiver keeps no other notification in the outbox."""

from __future__ import annotations

from shared.deadline import Deadline
from shared.errors import ImAccessError, Rejected, Unavailable
from shared.notifications.announcer import Announcer
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.notifications.receivers import Receivers
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore


def test_a_slow_receiver_leaves_time_to_keep_what_it_did_not_take() -> None:
    """It is waited for up to a second before the end; then the notification is in the outbox."""
    clock, store = WorldClock(1_790_000_000.0), MemoryStore()
    deadline = Deadline(clock, clock.now() + 3.9)

    def send(_entry: OutboxEntry, given: Deadline) -> None:
        clock.advance(given.remaining())
        raise Unavailable("The receiver gave no answer")

    entry = OutboxEntry(
        "scim", "imaccess.user.created", "a" * 64, "2026-01-01T00:00:00Z", {}, None, first_at=clock.now()
    )
    Announcer(Outbox(store, clock), send, Receivers(), deadline).announce(entry)
    assert deadline.remaining() >= 1.0
    assert [key.partition("/")[0] for key in store.objects] == ["outbox"]


def test_what_is_refused_costs_nobody_else_their_mail() -> None:
    """One address that is none is kept for later, once; the next mail is sent at once. No answer is another matter."""
    clock, store, receivers = WorldClock(1_790_000_000.0), MemoryStore(), Receivers()
    tried: list[str] = []
    errors: list[ImAccessError | None] = [Rejected("mail_refused"), None, Unavailable("no answer"), Unavailable("no")]

    def send(entry: OutboxEntry, _given: Deadline) -> None:
        tried.append(entry.key[0])
        error = errors[len(tried) - 1]
        if error is not None:
            raise error

    for key in "abcd":
        deadline = Deadline(clock, clock.now() + 60)
        entry = OutboxEntry("create_user", "mail", key * 64, "2026-01-01T00:00:00Z", {}, None, first_at=clock.now())
        Announcer(Outbox(store, clock), send, receivers, deadline).announce(entry)
    assert tried == ["a", "b", "c", "c"]
    assert sorted(key.split("-")[1][0] for key in store.objects) == ["a", "c", "d"]
