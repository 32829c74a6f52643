"""The commands that run an operation: executed like a request, rehearsed, and asked about."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from cli.main import main
from cli.terminal.console import Console
from local.cloud import LocalCloud
from shared.operations import OPERATIONS
from tests.system.cli.accounts import READ, WRITE, Account


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """One for all: each test has users of its own."""
    with LocalCloud() as cloud:
        yield Account(cloud)


def world(account: Account, name: str) -> tuple[Any, ...]:
    """Everything that a command could change."""
    console = account.console()
    cam, user = console.cam(), console.cam().user(name)
    objects = [row.key for row in console.cos().below("", limit=10_000)]
    state = (user, cam.attached(user.uin), cam.active_keys(user.uin)) if user else ()
    return (objects, *state)


def words(function: str, user: str) -> list[str]:
    """The command line of an operation."""
    name, fields = function.partition("_")[0], OPERATIONS[function].command.model_fields
    return [name, user, *([WRITE] if "policies" in fields else [])]


@pytest.mark.parametrize("function", [name for name in OPERATIONS if name != "create_user"])
def test_a_rehearsal_says_what_the_command_then_does(account: Account, function: str) -> None:
    """It changes nothing in CAM and nothing in the bucket, and its answer is the one that comes."""
    user = f"{function.partition('_')[0]}ed"
    assert account.run("create", user, READ, *([WRITE] if function != "grant_policy" else []))[0] == 0
    if function == "restore_user":
        assert account.run("offboard", user, "--yes")[0] == 0
    before = world(account, user)
    code, told = account.rows(*words(function, user), "--dry-run")
    assert (code, told["dry_run"]) == (0, True)
    assert told["changes"]
    assert world(account, user) == before
    code, done = account.rows(*words(function, user), "--yes")
    assert code == 0
    assert world(account, user) != before
    told["credentials"], done["credentials"] = None, None
    left = {"request_id", "dry_run", "changes"}
    if done.get("delete_at"):
        left.add("delete_at")
    assert {name: told[name] for name in told if name not in left} == {
        name: done[name] for name in done if name not in left
    }


def test_a_create_is_rehearsed_and_done(account: Account) -> None:
    """A name that is taken is told before anything is made; the link of a real one is shown."""
    before = world(account, "alice")
    _, told = account.rows("create", "alice", READ, "--dry-run")
    assert told["changes"][0]["change"] == "create the user"
    assert told["user"] == {"name": "alice", "uin": None}
    assert world(account, "alice") == before
    _, done = account.rows("create", "alice", READ, "--reason", "入职", "--id", "first")
    assert done["credentials"]["url"].startswith("http")
    assert account.rows("create", "alice", READ, "--reason", "入职", "--id", "first")[1]["replayed"] is True
    (event,) = account.rows("history", "alice")[1]
    assert event["caller"] == f"operator {account.cloud.owner_uin}"
    code, _, err = account.run("create", "alice", READ, "--dry-run")
    assert code == 1
    assert "user_exists" in err


def test_taking_away_is_shown_and_asked_about(account: Account) -> None:
    """Without a terminal nothing is done: exit code 2. At one, no is no, and yes is done."""
    account.run("create", "bob", READ)
    before = world(account, "bob")
    code, out, err = account.run("revoke", "bob", READ)
    assert code == 2
    assert "--yes" in err
    assert f"detach the policy {READ}" in out
    for answer, expected in (("n\n", 1), ("y\n", 0)):
        assert world(account, "bob") == before
        typed = type("Typed", (io.StringIO,), {"isatty": lambda _: True})(answer)
        console = Console(account.env, account.clock, io.StringIO(), io.StringIO(), typed)
        assert main(["revoke", "bob", READ], console) == expected
    assert world(account, "bob")[2] == {}


def test_what_is_refused_is_told_with_what_to_do(account: Account) -> None:
    """A refused command is told as over HTTP, with the code and the next step."""
    code, _, err = account.run("grant", "nobody", READ)
    assert code == 1
    assert "user_not_found" in err
    assert "next: " in err
    code, _, err = account.run("grant", "alice", "AdministratorAccess")
    assert "policy_not_allowed" in err
    for words in (
        ("grant", "no body", READ),
        ("create", "zoe", READ, "--link-ttl", "5"),
        ("create", "zoe", READ, "--until", "2020-01-01"),
    ):
        code, _, err = account.run(*words)
        assert (code, "The command line is wrong: " in err) == (2, True), err
    assert "不在将来" in account.run("create", "zoe", READ, "--until", "2020-01-01T00:00:00Z", LANG="zh_CN")[2]
