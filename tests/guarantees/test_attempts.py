"""Attempts of one request: each costs the same, and nothing is inferred from what a list or a look-up does not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from heapq import nsmallest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.commands.command import Command
from shared.commands.grant_policy import GrantPolicy
from shared.errors import Conflict, ImAccessError, Unavailable
from shared.idempotency.lease import Lease, Receipt
from shared.idempotency.lease_store import LeaseStore
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import lease_key, outcome_key
from shared.ports import Listed, Stored
from tests.unit.policies.stores import MemoryStore

LIMIT = 30.0
RESULT = {"status": "granted"}
REQUEST: Request[Command] = Request(
    "grant_policy", ("webhook-id", "1"), None, GrantPolicy.parse({"user": "alice", "policies": ["A"]})
)


class LaggingStore(MemoryStore):
    """Look-ups do not show `hidden` keys yet, lists do not show `unlisted` ones; what is created is told truly."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: frozenset[str] = frozenset()
        self.unlisted: frozenset[str] = frozenset()

    def get(self, key: str) -> Stored | None:
        """Read, or not yet."""
        found = super().get(key)
        return None if key in self.hidden else found

    def exists(self, key: str) -> bool:
        """Look."""
        self.calls["exists"] += 1
        return key not in self.hidden and super().exists(key)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """A list that may lag."""
        self.calls["below"] += 1
        shown = (key for key in self.objects if key.startswith(prefix) and key > after and key not in self.unlisted)
        return [Listed(key, self.clock - self.at[key]) for key in nsmallest(limit, shown)]

    def now(self) -> float:
        """The store is the clock too."""
        return self.clock

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.clock += seconds


def acquire(store: LaggingStore) -> tuple[Lease | None, Receipt | None]:
    """An invocation that begins now."""
    return records(store).acquire(REQUEST)


def records(store: LaggingStore) -> LeaseStore:
    """One invocation with its time limit."""
    return LeaseStore(store, store, store.clock + LIMIT)


def failed(store: LaggingStore, times: int) -> None:
    """So many attempts that began and let go."""
    for _ in range(times):
        lease, _ = acquire(store)
        assert lease is not None
        records(store).release(REQUEST, lease, "cloud_unavailable")
        store.clock += 60


def finished(attempts: int) -> LaggingStore:
    """A request whose last attempt wrote the receipt."""
    store = LaggingStore()
    failed(store, attempts - 1)
    lease, _ = acquire(store)
    assert lease is not None
    records(store).complete(REQUEST, lease, RESULT)
    store.clock += 60
    return store


def calls(store: LaggingStore) -> Counter[str]:
    """What was asked since the last time."""
    asked, store.calls = store.calls, Counter()
    return asked


def test_an_attempt_costs_the_same_whatever_its_number() -> None:
    """After 1001 failures an attempt makes the calls of the third, to begin, to end and to be replayed."""
    third, late = LaggingStore(), LaggingStore()
    failed(third, 2)
    failed(late, 1001)
    for store in (third, late):
        calls(store)
    attempts = [acquire(store)[0] for store in (third, late)]
    assert [lease and lease.number for lease in attempts] == [3, 1002]
    assert calls(third) == calls(late)
    for store, lease in zip((third, late), attempts, strict=True):
        assert lease is not None
        records(store).complete(REQUEST, lease, RESULT)
    assert calls(third) == calls(late)
    assert [receipt and receipt.result for _, receipt in map(acquire, (third, late))] == [RESULT, RESULT]
    assert calls(third) == calls(late)


def test_a_list_that_hides_everything_costs_calls_and_no_more() -> None:
    """Where listings show nothing, an attempt finds by creating objects which of them exist, and ends right."""
    store = LaggingStore()
    failed(store, 7)
    store.unlisted = frozenset(store.objects)
    lease, _ = acquire(store)
    assert lease is not None
    assert lease.number == 8


@pytest.mark.parametrize("kind", [lease_key, outcome_key])
def test_a_look_up_that_lags_starts_nothing(kind: Callable[[str, int], str]) -> None:
    """A 404 for the lease, or for the outcome, of an attempt that ended is no proof: the request comes again later."""
    store = LaggingStore()
    failed(store, 1)
    store.hidden = frozenset({kind(REQUEST.key, 1)})
    before = dict(store.objects)
    with pytest.raises(Unavailable):
        acquire(store)
    assert store.objects == before


def test_an_attempt_that_was_taken_over_cannot_complete() -> None:
    """Its outcome is written by its successor before that begins, so its own receipt is refused."""
    store = LaggingStore()
    first, _ = acquire(store)
    store.clock += LIMIT + 6
    second, _ = acquire(store)
    assert first is not None
    assert second is not None
    with pytest.raises(Conflict) as caught:
        records(store).complete(REQUEST, first, {"status": "revoked"})
    assert caught.value.code == "in_progress"
    assert records(store).complete(REQUEST, second, RESULT).result == RESULT
    assert acquire(store)[1] is not None


def test_who_finishes_at_the_last_moment_is_not_taken_over() -> None:
    """The receipt was there before the successor could end the attempt: the successor replays it."""
    store = LaggingStore()
    first, _ = acquire(store)
    assert first is not None
    store.clock += LIMIT + 6
    records(store).complete(REQUEST, first, RESULT)
    lease, receipt = acquire(store)
    assert lease is None
    assert receipt is not None
    assert receipt.result == RESULT


@settings(deadline=None, max_examples=200)
@given(st.integers(1, 4), st.data())
def test_a_finished_request_stays_finished(attempts: int, data: st.DataObject) -> None:
    """Whatever lists and look-ups leave out, it is replayed or comes again: no attempt begins, nothing is written."""
    store = finished(attempts)
    keys = sorted(store.objects)
    store.hidden = frozenset(data.draw(st.sets(st.sampled_from(keys))))
    store.unlisted = frozenset(data.draw(st.sets(st.sampled_from(keys))))
    before = dict(store.objects)
    try:
        lease, receipt = acquire(store)
    except ImAccessError:
        lease, receipt = None, None
    assert lease is None
    assert receipt is None or receipt.result == RESULT
    assert store.objects == before
    store.hidden = store.unlisted = frozenset()
    lease, receipt = acquire(store)
    assert lease is None
    assert receipt is not None
