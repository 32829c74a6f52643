"""The operator's command, run against the local cloud that real functions have worked on."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from cli.main import main
from cli.terminal.console import Console
from local.cloud import LocalCloud
from tests.system.cli.accounts import NOTIFY_KEY, READ, Account
from tests.unit.entrypoints.fakes import FakeClock


@pytest.fixture
def account() -> Iterator[Account]:
    """One for each test."""
    with LocalCloud() as cloud:
        yield Account(cloud)


def test_a_parked_grant_is_redriven_once_its_user_exists(account: Account) -> None:
    """A grant for an unknown user is parked; redriven after the create it succeeds and leaves the dead letters."""
    account.message("grant_policy", {"user": "alice", "policies": ["QcloudAVCFullAccess"]})
    _, before = account.rows("dead-letters", "list", "--retry")
    assert [(row["code"], row["user"], row["retry"]) for row in before] == [("user_not_found", "alice", True)]
    assert account.rows("dead-letters", "redrive", before[0]["id"])[0] == 1
    account.message("create_user", {"user": "alice", "policies": [READ]}, event_id="2")
    code, rows = account.rows("dead-letters", "redrive", "--all")
    assert (code, [row["result"] for row in rows]) == (0, ["applied"])
    assert account.rows("dead-letters", "list") == (0, [])
    assert account.run("dead-letters", "redrive", "--all") == (0, "No dead letters.\n", "")


def test_dry_run_changes_nothing(account: Account) -> None:
    """With --dry-run, redrive and drop say what they would do and do nothing."""
    account.message("grant_policy", {"user": "alice", "policies": [READ]})
    _, letters = account.rows("dead-letters", "list")
    assert account.rows("dead-letters", "drop", letters[0]["id"], "--dry-run")[1][0]["result"] == "would be dropped"
    assert account.rows("dead-letters", "redrive", "--all", "--dry-run")[1][0]["result"] == "would be tried"
    assert account.rows("dead-letters", "list")[1] == letters


def test_drop_removes_a_letter(account: Account) -> None:
    """A dropped letter is gone; its id is then unknown: exit code 1."""
    account.message("grant_policy", {"user": "x y", "policies": [READ]})
    _, letters = account.rows("dead-letters", "list")
    assert letters[0]["code"] == "invalid_command"
    assert account.run("dead-letters", "drop", letters[0]["id"], "--yes")[0] == 0
    assert account.run("dead-letters", "show", letters[0]["id"])[0] == 1


def test_show_has_the_message_whole(account: Account) -> None:
    """`show` prints code, reason and the message as it came."""
    account.message("grant_policy", {"user": "alice", "policies": ["Nobody"]})
    letter = account.rows("dead-letters", "list")[1][0]
    text = account.run("dead-letters", "show", letter["id"])[1]
    assert "policy_not_allowed" in text
    assert '"policies": ["Nobody"]' in text
    assert all(
        not line.split(" ")[0].isascii()
        for line in account.run("dead-letters", "show", letter["id"], LANG="zh")[1].splitlines()
    )


def test_history_tells_each_event_with_its_outcome(account: Account) -> None:
    """A person's events come oldest first, each with its outcome, state and request."""
    account.message("create_user", {"user": "alice", "policies": [READ]}, time="2026-01-01T00:00:00Z")
    account.message("revoke_policy", {"user": "alice", "policies": [READ]}, event_id="2", time="2026-01-03T00:00:00Z")
    account.message("grant_policy", {"user": "alice", "policies": [READ]}, event_id="3", time="2026-01-02T00:00:00Z")
    code, rows = account.rows("history", "alice")
    assert code == 0
    assert [(row["event"], row["outcome"], row["state"]) for row in rows] == [
        ("create", "attached", "finished"),
        ("grant", "superseded", "finished"),
        ("revoke", "detached", "finished"),
    ]
    assert account.run("history", "nobody")[:2] == (1, "Nothing is recorded for nobody.\n")


def test_who_marks_what_differs_between_ledger_and_cam(account: Account) -> None:
    """Holders by both; a policy taken away by hand, and one given by hand, are marked: to see them is no failure."""
    for name in ("alice", "bob"):
        account.message("create_user", {"user": name, "policies": [READ]}, event_id=name)
    assert account.rows("who", READ)[0] == 0
    cam = Console(env=account.env).cam()
    policy = next(p for p in cam.policies("All", READ) if p.name == READ)
    bob = cam.user("bob")
    assert bob is not None
    cam.detach(policy, bob.uin)
    code, rows = account.rows("who", READ)
    assert (code, [row["difference"] for row in rows]) == (0, [None, "granted, but not attached"])
    assert account.run("who", "nowhere")[0] == 1


def test_tables_for_people_are_aligned_and_inert(account: Account) -> None:
    """The plain output is a table; control characters of a message cannot reach the terminal."""
    account.message("grant_policy", {"user": "\x1b[2Jmallory", "policies": [READ]})
    text = account.run("dead-letters", "list")[1]
    assert text.splitlines()[0].split() == ["ID", "FUNCTION", "CODE", "RETRY", "RECEIVED", "AT", "USER"]
    assert "\x1b" not in text


def test_missing_settings_are_named_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Without settings the command ends with exit code 2 and names what is missing."""
    assert main(["history", "alice"], Console(env={})) == 2
    assert "IM_ACCESS_BUCKET" in capsys.readouterr().err


def test_every_command_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command's help ends with an example."""
    for words in (["dead-letters", verb] for verb in ("list", "show", "redrive", "drop")):
        assert main([*words, "--help"]) == 0
        assert "Example:\n  im-access " + " ".join(words) in capsys.readouterr().out


def test_redrive_names_the_setting_that_is_missing(account: Account) -> None:
    """One that the message's function uses; those of callers are not wanted."""
    account.message("grant_policy", {"user": "alice", "policies": [READ]})
    letter = account.rows("dead-letters", "list")[1][0]
    del account.env["IM_ACCESS_NOTIFY_SECRET"]
    code, _, err = account.run("dead-letters", "redrive", letter["id"])
    assert code == 2
    assert "IM_ACCESS_NOTIFY_SECRET" in err
    account.env |= {"IM_ACCESS_NOTIFY_SECRET": NOTIFY_KEY, "IM_ACCESS_HTTP_AUTH": "signature"}
    _, rows = account.rows("dead-letters", "redrive", letter["id"])
    assert [row["result"] for row in rows] == ["user_not_found"]


def test_long_work_says_how_far_it_is() -> None:
    """At most once in two seconds, beside the output; a single piece says nothing."""
    clock, err = FakeClock(), io.StringIO()
    console = Console(env={}, clock=clock, err=err)
    for done in range(1, 11):
        clock.sleep(0.5)
        console.progress.advance(done, 10)
    console.progress.advance(1, 1)
    assert err.getvalue() == "5 of 10\n9 of 10\n"
