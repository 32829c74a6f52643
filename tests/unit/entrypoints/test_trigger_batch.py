"""A batch: who is done, in which order, what is parked, and when the handler raises."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from shared.commands.command import Command
from shared.entrypoints.earlier_outcomes import WORKERS
from shared.entrypoints.queue import Redeliver
from shared.errors import CloudError, Conflict, ImAccessError, Misconfigured, OutcomeUnknown, Rejected, Unavailable
from shared.idempotency.request import Request
from tests.fakes import Done
from tests.unit.entrypoints.fakes import (
    ENV,
    FakeFunction,
    ckafka,
    cmq,
    codes,
    counts,
    envelope,
    event_list,
    failing,
    raised,
    succeed,
    tdmq,
)

NO_REDELIVERY: dict[str, Callable[..., dict[str, Any]]] = {"cmq": cmq, "tdmq": tdmq, "eventbridge": event_list}
LATER = [
    Unavailable(),
    Conflict("in_progress", retry_after=5),
    OutcomeUnknown("AddUser", in_flight=True),
]
NEVER: list[tuple[Exception, bool]] = [
    (Conflict("user_exists"), False),
    (Conflict("credentials_gone"), False),
    (Rejected("identity_reused"), False),
]
ONCE_MENDED: list[tuple[Exception, bool]] = [
    (Rejected("user_not_found"), True),
    (ImAccessError("policy_missing"), True),
    (CloudError("cam:AttachUserPolicy", "FailedOperation"), True),
    (ImAccessError("user_quota"), True),
    (KeyError("hunter2"), True),
]


def users(door: FakeFunction) -> list[str]:
    """Whose requests were performed, in their order."""
    return [request.command.user for request in door.performed]


@pytest.mark.parametrize(("error", "retry"), NEVER + ONCE_MENDED)
def test_what_failed_for_good_is_parked(error: Exception, retry: bool) -> None:
    """With `retry` where it can succeed once somebody has acted; the others are done all the same."""
    door = FakeFunction(perform=failing({"bob": error}))
    batch = ckafka(envelope("alice"), envelope("bob"), envelope("carol"))
    assert counts(door, batch) == {"received": 3, "applied": 2, "replayed": 0, "ignored": 0, "parked": 1}
    assert codes(door) == [(getattr(error, "code", "internal_error"), retry)]
    assert "hunter2" not in str(door.parked) + str(door.lines)


@pytest.mark.parametrize("error", LATER)
def test_on_ckafka_what_may_succeed_later_comes_again(error: ImAccessError) -> None:
    """The handler raises after every other message was tried; nothing is parked."""
    door = FakeFunction(perform=failing({"bob": error}))
    failure = raised(door, ckafka(envelope("bob"), envelope("alice"), envelope("carol"), "{"))
    assert isinstance(failure, Redeliver)
    assert str(failure) == f"1 of 4 messages are to come again ({error.code}: 1)"
    assert sorted(users(door)) == ["alice", "bob", "carol"]
    assert codes(door) == [("malformed_json", False)]


@pytest.mark.parametrize("error", LATER)
@pytest.mark.parametrize("queue", NO_REDELIVERY)
def test_elsewhere_what_may_succeed_later_is_parked(queue: str, error: ImAccessError) -> None:
    """The other sources would lose it: it is kept, marked for a retry."""
    door = FakeFunction(perform=failing({"bob": error}))
    assert counts(door, NO_REDELIVERY[queue](envelope("bob")))["parked"] == 1
    assert codes(door) == [(error.code, True)]


def test_a_misconfigured_function_takes_nothing() -> None:
    """A setting that is wrong raises before any message is looked at."""
    for queue in (ckafka, cmq, tdmq, event_list):
        door = FakeFunction(env=ENV | {"IM_ACCESS_BUCKET": "no-appid"})
        assert isinstance(raised(door, queue("{")), Misconfigured)
        assert not door.performed
        assert not door.parked


def test_what_is_misconfigured_shows_while_working() -> None:
    """Then the handler raises as well, and takes no further message."""
    error = Misconfigured("TENCENTCLOUD_SECRETID", "is missing")
    door = FakeFunction(perform=failing({"alice": error}))
    failure = raised(door, ckafka(envelope("alice", id="1"), envelope("alice", id="2")))
    assert failure is error
    assert failure.__cause__ is None
    assert users(door) == ["alice"]
    assert not door.parked


def test_messages_of_one_user_stay_in_order() -> None:
    """However long each takes, they are done one after the other, as they came."""

    def slow(request: Request[Command]) -> Done:
        time.sleep(0.001 * (int(request.identity[2]) % 3))
        return succeed(request)

    door = FakeFunction(perform=slow)
    batch = [envelope(user, id=str(n)) for n in range(20) for user in ("alice", "bob", "Carol")]
    assert counts(door, ckafka(*batch))["applied"] == 60
    for user in ("alice", "bob", "Carol"):
        ids = [request.identity[2] for request in door.performed if request.command.user == user]
        assert ids == [str(n) for n in range(20)]


def test_different_users_are_done_side_by_side() -> None:
    """As many users are worked on at once as there are workers."""
    barrier = threading.Barrier(WORKERS, timeout=30)

    def together(request: Request[Command]) -> Done:
        barrier.wait()
        return succeed(request)

    door = FakeFunction(perform=together)
    assert counts(door, ckafka(*(envelope(f"user-{n}") for n in range(WORKERS))))["applied"] == WORKERS


def test_a_single_user_needs_no_thread() -> None:
    """The messages of a single user are done in the handler's own thread."""
    threads: set[int] = set()

    def note(request: Request[Command]) -> Done:
        threads.add(threading.get_ident())
        return succeed(request)

    counts(FakeFunction(perform=note), ckafka(envelope(id="1"), envelope(id="2")))
    assert threads == {threading.get_ident()}


def test_on_ckafka_nobody_is_overtaken() -> None:
    """Behind a message that comes again, its user's others wait; other users do not."""
    door = FakeFunction(perform=failing({"bob": Unavailable()}))
    failure = raised(door, ckafka(*(envelope("bob", id=str(n)) for n in range(3)), envelope("alice")))
    assert str(failure) == "3 of 4 messages are to come again (cloud_unavailable: 1, held_back: 2)"
    assert sorted(users(door)) == ["alice", "bob"]


def test_elsewhere_the_next_is_tried() -> None:
    """Where nothing comes again, a parked message holds nobody back."""
    door = FakeFunction(perform=failing({"bob": Unavailable()}))
    assert counts(door, event_list(envelope("bob", id="1"), envelope("bob", id="2")))["parked"] == 2
    assert users(door) == ["bob", "bob"]


def test_a_replay_counts_as_one() -> None:
    """A message that came twice is in the batch's order, and the second is replayed."""
    seen: set[str] = set()

    def once(request: Request[Command]) -> Done:
        done = succeed(request)
        replayed = request.key in seen
        seen.add(request.key)
        return Done(done.request_id, done.result, replayed)

    batch = ckafka(envelope("alice"), envelope("alice"), envelope("bob"), envelope(type="other"))
    assert counts(FakeFunction(perform=once), batch) == {
        "received": 4,
        "applied": 2,
        "replayed": 1,
        "ignored": 1,
        "parked": 0,
    }


def test_out_of_time_the_rest_comes_again() -> None:
    """On CKafka, messages that the time limit leaves no room for are not begun; what needs no time is counted."""
    door = FakeFunction()
    door.left = 2
    batch = ckafka(*(envelope(id=str(n)) for n in range(5)), envelope(type="other"), "{")
    failure = raised(door, batch)
    assert isinstance(failure, Redeliver)
    assert len(door.performed) == 2
    assert str(failure).startswith("3 of 7") or str(failure).startswith("4 of 7")


def test_out_of_time_elsewhere_the_rest_is_parked() -> None:
    """Where a raise brings no redelivery, messages for which the time is short are parked."""
    door = FakeFunction()
    door.left = 1
    assert counts(door, event_list(envelope(id="1"), envelope(id="2"), envelope(id="3")))["parked"] == 2
    assert codes(door) == [("out_of_time", True)] * 2


@pytest.mark.parametrize("failure", [Unavailable(), CloudError("cos:PutObject", "AccessDenied"), OSError("hunter2")])
@pytest.mark.parametrize("queue", [ckafka, *NO_REDELIVERY.values()])
def test_a_message_that_cannot_be_parked_is_not_dropped(
    queue: Callable[..., dict[str, Any]], failure: Exception
) -> None:
    """The handler raises, on every source: nothing else is left to keep it."""
    door = FakeFunction()
    door.parking_fails = failure
    error = raised(door, queue(envelope(data={})))
    assert isinstance(error, Redeliver)
    [line] = door.lines
    assert (line["outcome"], line["level"]) == ("later", "error")
    assert line["code"] == getattr(failure, "code", "internal_error")
    assert line["detail"].startswith("not parked: ")
    assert "hunter2" not in str(error) + str(door.lines)


def test_each_message_has_one_line_in_the_log() -> None:
    """With its request's id and outcome, its code and detail where it failed, and no body."""
    door = FakeFunction(perform=failing({"bob": Unavailable()}))
    batch = cmq(envelope("alice"), envelope("bob"), envelope(type="other"), "{")
    counts(door, batch)
    lines = sorted(door.lines, key=lambda line: (line["outcome"], line.get("code", "")))
    told = [(line["outcome"], line["level"], line.get("code")) for line in lines]
    assert told == [
        ("applied", "info", None),
        ("ignored", "debug", None),
        ("parked", "warning", "cloud_unavailable"),
        ("parked", "warning", "malformed_json"),
    ]
    assert {line["event"] for line in lines} == {"message"}
    assert len({line["request_id"] for line in lines}) == 4
    assert lines[0]["request_id"] == next(r.id for r in door.performed if r.command.user == "alice")


def test_an_empty_batch_is_no_failure() -> None:
    """An empty batch is answered with counters of zero."""
    events: list[dict[str, Any]] = [{"Records": []}, {"EventList": []}]
    for event in events:
        assert counts(FakeFunction(), event)["received"] == 0
