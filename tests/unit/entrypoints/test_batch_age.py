"""A message that comes again and again is parked once it is too old."""

from __future__ import annotations

import pytest

from shared.commands.command import Command
from shared.entrypoints.queue import Redeliver
from shared.errors import Conflict, ImAccessError, OutcomeUnknown, Unavailable
from shared.idempotency.request import Request
from tests.fakes import Done
from tests.unit.entrypoints.fakes import (
    ENV,
    NOW,
    FakeFunction,
    ckafka,
    codes,
    counts,
    envelope,
    failing,
    raised,
    succeed,
)

HOUR = 3600.0


def since(error: ImAccessError, moment: float) -> ImAccessError:
    """An error of a request whose first attempt began then."""
    error.first_attempt_at = moment
    return error


@pytest.mark.parametrize("error", [Unavailable(), Conflict("in_progress"), OutcomeUnknown("AddUser", in_flight=True)])
@pytest.mark.parametrize(("hours", "env"), [(6, {}), (1, {"IM_ACCESS_RETRY_HOURS": "1"})])
def test_what_has_failed_for_too_long_is_parked(error: ImAccessError, hours: int, env: dict[str, str]) -> None:
    """With `"retry": true` and its own code; until then it comes again. The lease says since when."""
    door = FakeFunction(env=ENV | env, perform=failing({"bob": since(error, NOW - hours * HOUR)}))
    assert isinstance(raised(door, ckafka(envelope("bob"))), Redeliver)
    door.fake_clock.sleep(1)
    assert counts(door, ckafka(envelope("bob"), envelope("alice"))) == {
        "received": 2, "applied": 1, "replayed": 0, "ignored": 0, "parked": 1
    }  # fmt: skip
    assert codes(door) == [(error.code, True)]


def test_without_a_lease_the_first_failure_counts() -> None:
    """A message that fails before anything is known of it has an age all the same, its own and no other's."""
    door = FakeFunction(perform=failing({"bob": Unavailable()}))
    assert isinstance(raised(door, ckafka(envelope("bob"))), Redeliver)
    door.fake_clock.sleep(6 * HOUR)
    assert isinstance(raised(door, ckafka(envelope("bob"), envelope("bob", id="2"))), Redeliver)
    door.fake_clock.sleep(1)
    assert isinstance(raised(door, ckafka(envelope("bob"), envelope("bob", id="2"))), Redeliver)
    assert codes(door) == [("cloud_unavailable", True)]


def test_those_behind_it_go_on() -> None:
    """Once it is parked, its user's other messages are done: they were held back, and did not fail."""
    sick = since(Unavailable(), NOW - 7 * HOUR)

    def perform(request: Request[Command]) -> Done:
        if request.identity[2] == "1":
            raise sick
        return succeed(request)

    door = FakeFunction(perform=perform)
    assert counts(door, ckafka(envelope(id="1"), envelope(id="2"), envelope(id="3")))["applied"] == 2
    assert codes(door) == [("cloud_unavailable", True)]


def test_what_was_not_begun_has_no_age() -> None:
    """A batch that is too large for the time limit waits for its turn, however often it comes."""
    door = FakeFunction()
    door.left = 0
    for _ in range(3):
        assert isinstance(raised(door, ckafka(envelope())), Redeliver)
        door.fake_clock.sleep(7 * HOUR)
    assert not door.parked
    assert not door.failing_since
