"""The ledger by itself: keys that order events, and what should be of them in a life."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import event_order
from shared.errors import ImAccessError
from shared.people.life import NOBODY, SLACK, Life, LifeEffect, LifeRow, Lives, freshest, newest_of
from shared.policies.ledger import RANKS, Effect, Ledger, LedgerEntry, Row, effective_state
from shared.policies.orphans import Orphans, newest
from tests.unit.policies.stores import MemoryStore

T0 = 1_790_000_000_000_000
UIN, OTHER = 100000000002, 100000000003
READ, FULL = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"
hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
times = st.integers(event_order.EARLIEST, event_order.LATEST - 1)
effects = st.sampled_from(RANKS)


def request(n: int) -> str:
    """An identity hash."""
    return f"{n:064x}"


def entry(effect: Effect, time: int, n: int = 1, policy: str = READ, uin: int = UIN) -> LedgerEntry:
    """A policy event, its time in microseconds after T0."""
    return LedgerEntry(uin, policy, effect, T0 + time, request(n))


def life(effect: LifeEffect, time: int, n: int = 9, uin: int = UIN) -> LifeRow:
    """An event of life that was recorded an hour ago."""
    return LifeRow(Life("alice", uin, effect, T0 + time, request(n)), 3600.0)


@given(times, hashes, st.text(min_size=1, max_size=128), effects, st.integers(1, 10**15))
def test_what_can_be_written_can_be_read_back(time: int, hash_: str, policy: str, effect: Effect, uin: int) -> None:
    """Every entry and every life that has a key is the one that its key is read as, whatever the policy is called."""
    if any("\ud800" <= letter <= "\udfff" for letter in policy):
        return
    made = LedgerEntry(uin, policy, effect, time, hash_)
    assert LedgerEntry.parse(made.key) == made
    born = Life("a.b@c-d_e", uin, "create", time, hash_)
    assert Life.parse(born.key) == born


@given(st.one_of(st.integers(max_value=event_order.EARLIEST - 1), st.integers(min_value=event_order.LATEST)))
def test_a_time_that_was_never_set_makes_no_key(time: int) -> None:
    """Before 2020 and from 2200 on there is no key of the ledger nor of a life: 1970 cannot sort as newest."""
    with pytest.raises(ValueError, match="2020"):
        _ = LedgerEntry(UIN, READ, "grant", time, request(1)).key
    with pytest.raises(ValueError, match="2020"):
        _ = Life("alice", UIN, "create", time, request(1)).key
    with pytest.raises(ValueError, match="2020"):
        Orphans(MemoryStore()).record("alice", "revoke", [READ], time, request(1))


def test_the_bounds_are_those_years() -> None:
    """The first year is 2020, and the last is 2199."""
    bounds = [datetime.fromtimestamp(one / 10**6, timezone.utc) for one in (event_order.EARLIEST, event_order.LATEST)]
    assert [moment.isoformat() for moment in bounds] == ["2020-01-01T00:00:00+00:00", "2200-01-01T00:00:00+00:00"]


@given(st.tuples(times, effects, hashes), st.tuples(times, effects, hashes))
def test_keys_sort_as_events_do(one: tuple[int, Effect, str], other: tuple[int, Effect, str]) -> None:
    """The smaller key is the later event's; at equal times the revoke's, then the greater hash's."""
    rank = {"grant": 0, "revoke": 1}
    newer = max(one, other, key=lambda event: (event[0], rank[event[1]], event[2]))
    first = min((LedgerEntry(UIN, READ, e, t, h) for t, e, h in (one, other)), key=lambda made: made.key)
    assert (first.time, first.effect, first.request) == newer


def gives(*policies: str) -> Any:  # noqa: ANN401 - a callback
    """What a create or a restore gives; an offboard is never asked."""
    return lambda one: () if one.effect == "offboard" else policies


def attached(rows: list[LedgerEntry], born: LifeRow | None, *given: str) -> bool:
    """Whether READ should be attached, by events in any order."""
    found = [Row(one, 3600.0) for one in sorted(rows, key=lambda one: one.order)]
    return effective_state(UIN, READ, found, born, gives(*given)).attached


@pytest.mark.parametrize(
    ("rows", "born", "given_", "expected"),
    [
        ([], None, (), False),
        ([entry("grant", 1)], None, (), True),
        ([entry("grant", 1), entry("revoke", 1, 2)], None, (), False),
        ([], life("create", 5), (READ,), True),
        ([], life("create", 5), (FULL,), False),
        ([entry("revoke", 5)], life("create", 5), (READ,), False),
        ([entry("revoke", 4)], life("create", 5), (READ,), True),
        ([entry("grant", -SLACK + 5)], life("create", 5), (FULL,), True),
        ([entry("grant", -SLACK + 4)], life("create", 5), (FULL,), False),
        ([entry("revoke", -SLACK - 9), entry("grant", -SLACK - 10)], life("create", 5), (READ,), True),
        ([entry("grant", 4)], life("offboard", 5), (READ,), False),
        ([entry("grant", 5)], life("offboard", 5), (READ,), False),
        ([entry("grant", 6)], life("offboard", 5), (READ,), False),
        ([entry("grant", 4)], life("restore", 5), (), False),
        ([entry("revoke", 4)], life("restore", 5), (READ,), True),
        ([entry("revoke", 5)], life("restore", 5), (READ,), False),
        ([entry("grant", 6)], life("restore", 5), (), True),
    ],
)
def test_what_should_be(rows: list[LedgerEntry], born: LifeRow | None, given_: tuple[str, ...], expected: bool) -> None:
    """The newest event of a policy that is no older than the newest of life, a create with 5 minutes to spare; else
    what that one gives.
    """
    assert attached(rows, born, *given_) is expected


def test_what_a_life_gives_is_asked_only_where_it_matters() -> None:
    """An entry that is newer than the create, and not of a moment after it, needs no look at what the create gave."""

    def asked(_life: Life) -> list[str]:
        raise AssertionError("asked")

    assert effective_state(UIN, READ, [Row(entry("grant", 6), 10.0)], life("create", 5), asked).attached


def test_lives_of_one_name() -> None:
    """A life counts for its UIN alone; an event that met nobody counts for whoever has the name; the one that was
    recorded last is the trace, whenever it happened.
    """
    store = MemoryStore()
    lives = Lives(store)
    for one in (life("create", 1), life("create", 50, 8, OTHER), life("offboard", 20, 7, NOBODY)):
        lives.record(one.life, [READ])
        store.clock += 10
    rows = lives.rows("alice")
    assert [row.life.uin for row in rows] == [OTHER, NOBODY, UIN]
    assert newest_of(rows, OTHER) == rows[0]
    assert newest_of(rows, UIN) == rows[1]
    assert freshest(rows) == rows[0]
    assert Lives(store).given(rows[2].life) == [READ]


def test_at_equal_times_of_life() -> None:
    """An offboard comes before a restore, and that before a create."""
    store = MemoryStore()
    lives = Lives(store)
    words: tuple[LifeEffect, ...] = ("create", "restore", "offboard")
    for n, effect in enumerate(words):
        lives.record(life(effect, 1, n).life)
    assert [row.life.effect for row in lives.rows("alice")] == ["offboard", "restore", "create"]


def test_many_lives_of_one_name_are_all_seen() -> None:
    """However many newer ones there are, a life is found: none is hidden behind a page of others."""
    store = MemoryStore()
    lives = Lives(store)
    lives.record(life("create", 1).life)
    for n in range(50):
        lives.record(life("create", 100 + n, n, OTHER + n).life)
    assert newest_of(lives.rows("alice"), UIN) == LifeRow(life("create", 1).life, 0.0)


def test_what_waits_for_a_name() -> None:
    """Of what came while the name was nobody, the newest of each policy counts that is not too old for who comes."""
    store = MemoryStore()
    waiting = Orphans(store)
    waiting.record("alice", "revoke", [READ, FULL], T0 + 10, request(1))
    waiting.record("alice", "grant", [READ], T0 + 20, request(2))
    waiting.record("alicia", "grant", [FULL], T0 + 30, request(3))
    keys = Lives(store).all_records("alice")[1]
    assert sorted(newest(keys, UIN, T0)) == [entry("revoke", 10, 1, FULL), entry("grant", 20, 2, READ)]
    assert newest(keys, UIN, T0 + 15) == [entry("grant", 20, 2, READ)]


def change_version(store: MemoryStore, key: str) -> None:
    """What a later version may write."""
    store.objects[key] = store.objects[key].replace(b'"v": 1', b'"v": 2')


def test_a_record_of_another_version_is_a_problem_and_stays() -> None:
    """A body of an unknown version, or a key of an unknown form, is neither guessed at nor touched."""
    store = MemoryStore()
    ledger, born = Ledger(store), life("create", 1).life
    ledger.record(entry("grant", 1), "alice", before=False)
    ledger.lives.record(born, [READ])
    before = dict(store.objects)
    assert all(b'"v": 1' in body for body in before.values())
    for key in before:
        change_version(store, key)
    strange = {f"ledger/{UIN}/{FULL}/new-form.json": b"{}", "lives/bob/life-new-form.json": b"{}"}
    store.objects |= strange
    after = dict(store.objects)
    for read in (
        lambda: Ledger(store).record(entry("grant", 1), "alice", before=False),
        lambda: Lives(store).given(born),
        lambda: ledger.rows(UIN, FULL),
        lambda: ledger.lives.rows("bob"),
        lambda: newest(["lives/alice/orphan-new-form.json"], UIN, 0),
    ):
        with pytest.raises(ImAccessError) as problem:
            read()
        assert (problem.value.code, problem.value.meaning.status) == ("record_unreadable", 500)
    assert store.objects == after
