"""What the operator is shown where a record of somebody cannot be read: everybody else, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud import LocalCloud
from shared.clock import rfc3339
from tests.system.cli.accounts import READ, Account


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """alice, whose records can be read; bob, with a key that cannot; carol, with a body that cannot."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        store = account.console().cos()
        for number, name in enumerate(("alice", "bob", "carol")):
            account.message("create_user", {"user": name, "policies": [READ]}, event_id=str(number))
        store.create("lives/bob/life-odd.json", b'{"v":2}')
        store.create("ledger/odd", b"garbage")
        (row,) = store.below("lives/carol/")
        store.delete(row.key)
        store.create(row.key, b'{"v":2}')
        cloud.clock.advance(3600)
        yield account


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("users",), [("alice", "active"), ("bob", "unreadable"), ("carol", "active")]),
        (("review", "--quick"), [("alice", "active"), ("bob", "unreadable"), ("carol", "unreadable")]),
        (("who", READ), [("alice", None), ("bob", "a record cannot be read"), ("carol", "a record cannot be read")]),
        (("who", READ, "--at"), [("alice", None)]),
        (
            ("drift", "--quick"),
            [
                ("-", "a record cannot be read"),
                ("bob", "a record cannot be read"),
                ("carol", "a record cannot be read"),
            ],
        ),
    ],
)
def test_the_others_are_shown_and_the_unreadable_are_named(
    account: Account, words: tuple[str, ...], shown: list[tuple[str, str | None]]
) -> None:
    """By every command that looks at everybody; and its exit code says that something is missing."""
    words = (*words, rfc3339(account.clock.now())) if words[-1] == "--at" else words
    code, rows = account.rows(*words)
    told = [(row["user"], row.get("state", row.get("difference", row.get("finding")))) for row in rows]
    assert sorted(told, key=lambda row: row[0]) == shown
    _, _, err = account.run(*words)
    if words[0] == "drift":
        assert code == 3
        assert {row["about"] for row in rows} == {None, "ledger/odd", "lives/bob/life-odd.json"}
    else:
        assert code == 1
        assert "lives/bob/life-odd.json" in err
        assert "ledger/odd" in err
        assert ("carol" in err) == (words[0] != "users")


def test_a_report_says_that_it_lacks_something(account: Account) -> None:
    """Its figures are those of everything that can be read."""
    code, told = account.rows("report")
    assert code == 1
    assert sum(week["joiners"] for week in told["weeks"]) == 3
    assert "lives/bob/life-odd.json" in account.run("report", "--json", LANG="zh_CN.UTF-8")[2]
