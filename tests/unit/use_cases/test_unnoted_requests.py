"""Which requests are found by their records, page after page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.idempotency.stored_attempts import REQUESTS, lease_key, outcome_key
from shared.ports import Listed
from shared.use_cases.duties.cursor import Cursor, Positions
from shared.use_cases.duties.find_unnoted_requests import PAGE, UnnotedRequests
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


class Rows(MemoryStore):
    """A store that shows these rows, and notes how many listings were made."""

    def __init__(self, rows: Sequence[Listed]) -> None:
        super().__init__()
        self._rows = sorted(rows, key=lambda row: row.key)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> list[Listed]:
        """Those after a key."""
        if prefix != REQUESTS:
            return super().below(prefix, limit=limit, after=after)
        self.calls[prefix] += 1
        return [row for row in self._rows if row.key > after][:limit]


def walk(store: MemoryStore) -> UnnotedRequests:
    """A run's walk."""
    cursor = Cursor(Positions(store, WorldClock(1.8e9 + store.calls["create"])), "x")
    return UnnotedRequests(store, cursor, 900.0, 9000.0)


def found(rows: Sequence[Listed], noted: set[str] | None = None) -> list[str]:
    """What a run finds of these rows."""
    return walk(Rows(rows)).found(noted or set(), lambda: False)


def test_a_lease_without_an_outcome_is_found() -> None:
    """Where the newest attempt has none, and there is no note."""
    rows = [
        *(Listed(lease_key(A, 2), 1000), Listed(lease_key(A, 1), 5000), Listed(outcome_key(A, 1), 4000)),
        *(Listed(lease_key(B, 2), 1000), Listed(outcome_key(B, 2), 1000), Listed(lease_key(B, 1), 5000)),
        Listed(lease_key(C, 1), 1000),
    ]
    assert found(rows) == [A, C]
    assert found(rows, {A}) == [C]


@pytest.mark.parametrize("age", [None, 0.0, 899.0, 9001.0])
def test_one_that_is_at_work_or_was_given_up_is_left(age: float | None) -> None:
    """As is one whose age the store does not tell: nothing says whether it was given up."""
    assert found([Listed(lease_key(A, 1), age)]) == []


@pytest.mark.parametrize("key", ["requests/x.json", "requests/0/1.json", f"requests/{A}/x-lease.json", "requests/"])
def test_what_is_not_ours_is_nothing(key: str) -> None:
    """Objects of others keep nothing from being found."""
    assert found([Listed(key, 1000), Listed(lease_key(B, 1), 1000)]) == [B]


def many(count: int, attempts: int = 1) -> list[Listed]:
    """So many requests whose only attempt has no outcome, with earlier ones that were taken over."""
    names = [f"{n:064x}" for n in range(count)]
    return [
        Listed(key, 1000)
        for name in names
        for n in range(1, attempts + 1)
        for key in ([lease_key(name, n)] if n == attempts else [lease_key(name, n), outcome_key(name, n)])
    ]


def test_a_folder_that_a_page_divides_is_left_to_the_next() -> None:
    """Its outcome may stand there. So each is found, and none by an older attempt than its newest."""
    names = [f"{n:064x}" for n in range(1100)]
    assert found(many(1100, attempts=2)) == names
    assert (
        found([*many(999, attempts=1), Listed(lease_key("f" * 64, 1), 1000), Listed(outcome_key("f" * 64, 1), 999)])
        == names[:999]
    )


def test_all_are_found_over_some_runs_however_late_it_is() -> None:
    """In a run that is late one page is looked at, else five; what there was no time for is found again in the next."""
    store = Rows(many(7 * PAGE))
    names: list[str] = []
    for late, left, pages in ((True, 0, 1), (False, 3, 5), (False, 0, 2)):
        one, before = walk(store), store.calls[REQUESTS]
        some = one.found(set(), lambda late=late: late)  # type: ignore[misc]
        one.ended(some[len(some) - left :])
        names += some[: len(some) - left]
        assert store.calls[REQUESTS] - before == pages
    assert names == [f"{n:064x}" for n in range(7 * PAGE)]
    assert len(walk(store).found(set(), lambda: True)) == PAGE - 1
