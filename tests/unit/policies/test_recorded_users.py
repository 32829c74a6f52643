"""The records of everybody, of whom some cannot be read."""

from __future__ import annotations

from shared.people.life import Life
from shared.policies.ledger import LedgerEntry
from shared.policies.recorded_users import recorded_users
from tests.unit.policies.stores import MemoryStore

TIME = 1_800_000_000_000_000
HASH = "a" * 64


def test_what_cannot_be_read_is_named_beside_whose_it_is() -> None:
    """By the UIN or the name in the key; what is nobody's is named apart. Everybody is there, nothing is changed."""
    store = MemoryStore()
    for key in (Life("alice", 7, "create", TIME, HASH).key, LedgerEntry(8, "A", "grant", TIME, HASH).key):
        store.create(key, b"{}")
    odd = ["ledger/8/A/v2-odd.json", "ledger/9/A/odd", "ledger/odd", "lives/alice/life-odd", "lives//life-odd"]
    for key in odd:
        store.create(key, b'{"v": 2}')
    users, strays = recorded_users(store)
    assert {uin: one.unreadable for uin, one in users.items()} == {7: (odd[3],), 8: (odd[0],)}
    assert sorted(strays) == sorted([odd[1], odd[2], odd[4]])
    assert users[7].life is not None
    assert users[8].policies
    assert len(store.objects) == 7
