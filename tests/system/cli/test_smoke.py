"""The questions to a real account, tried on the local cloud: every question has an answer, and nothing is left
behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from cli.commands import smoke
from cli.smoke_test.questions import QUESTIONS
from cli.smoke_test.trial import OBJECTS, PREFIX, Trial
from local.clock import FrozenClock
from local.cloud import LocalCloud
from shared.errors import Unavailable
from shared.tencent.http import Answer, Call, Http, Limits
from tests.system.cli.accounts import READ, Account


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """One for all."""
    with LocalCloud(clock=FrozenClock(1_790_000_000.0)) as cloud:
        yield Account(cloud)


def left(account: Account) -> list[str]:
    """What throw-away things there are."""
    console = account.console()
    users = console.api().read("cam", "ListUsers", {}).get("Data") or []
    policies = [policy.name for policy in console.cam().policies("Local", PREFIX)]
    objects = [row.key for row in console.cos().below(OBJECTS)]
    return [row["Name"] for row in users if row["Name"].startswith(PREFIX)] + policies + objects


def test_without_really_nothing_is_asked(account: Account) -> None:
    """The questions are shown, in the operator's language."""
    code, out, _ = account.run("smoke", LANG="zh_CN.UTF-8")
    assert code == 0
    assert all(one.id in out for one in QUESTIONS)
    assert [line for line in out.splitlines() if line.isascii()] == []
    assert left(account) == []


def test_every_question_is_answered_and_recorded(account: Account, tmp_path: Path) -> None:
    """With its date, without a secret; nothing stays behind, and nobody else is touched."""
    account.run("create", "alice", READ)
    file = tmp_path / "answers.json"
    code, rows = account.rows("smoke", "--really", "--output", str(file), "--function-url", "http://127.0.0.1:1")
    told = json.loads(file.read_text("utf-8"))
    assert code == 1
    assert [row["id"] for row in rows if row["failed"]] == ["patch_arrives"]
    assert [row["id"] for row in told["answers"]] == [one.id for one in QUESTIONS[:-1]] + [
        "patch_arrives",
        "name_again",
    ]
    answers = {row["id"]: row["answer"] for row in told["answers"]}
    assert answers["create_only"].startswith("first: 200, second: 409 FileAlreadyExists")
    assert answers["create_only_together"].startswith("1 times 200")
    assert answers["role_policies"] == "reader: success, operator: success, owner: success"
    assert all(row["asked_at"] for row in told["answers"])
    assert told["left"] == []
    assert left(account) == []
    assert account.console().cam().user("alice") is not None


@pytest.mark.parametrize("number", range(1, len(QUESTIONS), 6))
def test_it_cleans_up_whatever_happens(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Interrupted at any question, what was made is taken away, and what is known is written down."""
    broken = [*QUESTIONS]

    def interrupted(trial: Trial) -> str:
        QUESTIONS[number].ask(trial)
        raise KeyboardInterrupt

    broken[number] = QUESTIONS[number]._replace(ask=interrupted)
    monkeypatch.setattr(smoke, "QUESTIONS", tuple(broken))
    file = tmp_path / "answers.json"
    code, _, err = account.run("smoke", "--really", "--output", str(file))
    assert code == 130
    assert "taken away" in err
    assert len(json.loads(file.read_text("utf-8"))["answers"]) == number
    assert left(account) == []


class Dead(BaseException):
    """The process was killed: it sends nothing any more."""


def test_what_a_killed_one_left_is_taken_away_by_the_next(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Users with keys and policies, policies and objects, found by their names; whichever call was its last."""
    file, real = str(tmp_path / "answers.json"), Http.send

    def until(last: int) -> Callable[[Http, Call, Limits], Answer]:
        sent = count(1)

        def send(http: Http, call: Call, limits: Limits) -> Answer:
            if next(sent) > last:
                raise Dead
            return real(http, call, limits)

        return send

    for last in (8, 20, 32):
        with monkeypatch.context() as dying:
            dying.setattr(Http, "send", until(last))
            with pytest.raises(Dead):
                account.run("smoke", "--really", "--output", file)
        assert left(account)
        assert account.run("smoke", "--really", "--output", file)[0] == 0
        assert left(account) == []


@pytest.mark.parametrize(("error", "expected"), [(Unavailable("CAM is away"), 1), (KeyboardInterrupt(), 130)])
def test_what_cannot_be_taken_away_is_told(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, expected: int
) -> None:
    """In the file and beside the output, by its name; the next run takes it away; so it is with Ctrl-C, too."""
    file, real = tmp_path / "answers.json", Trial._remove

    def remove(trial: Trial, kind: str, what: str) -> None:
        if kind == "policy":
            raise error
        real(trial, kind, what)

    with monkeypatch.context() as failing:
        failing.setattr(Trial, "_remove", remove)
        code, _, err = account.run("smoke", "--really", "--output", str(file))
    told = json.loads(file.read_text("utf-8"))["left"]
    assert code == expected
    assert len(told) >= 3
    assert all(one in err for one in told)
    assert "the next run" in err
    assert account.run("smoke", "--really", "--output", str(file))[0] == 0
    assert left(account) == []
