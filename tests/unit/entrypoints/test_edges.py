"""Errors that are no Exception: a panic of a native library is caught at every entrypoint, the end of the process at
none.
"""

from __future__ import annotations

from typing import Any

import pytest

from shared.commands.command import Command
from shared.idempotency.request import Request
from tests.fakes import Done
from tests.unit.entrypoints import fakes
from tests.unit.entrypoints.fakes import (
    FakeFunction,
    ckafka,
    cmq,
    codes,
    counts,
    envelope,
    on,
    send,
    signed_event,
    succeed,
)

EXITS = (KeyboardInterrupt, SystemExit, GeneratorExit)


class PanicException(BaseException):
    """What PyO3 makes of a Rust library's panic."""


def raising(error: BaseException) -> Any:  # noqa: ANN401 - a function of the test
    """A function that raises this for bob, and succeeds for all others."""

    def perform(request: Request[Command]) -> Done:
        if request.command.user == "bob":
            raise error
        return succeed(request)

    return perform


@pytest.mark.parametrize("queue", [ckafka, cmq])
def test_a_panic_parks_its_message_alone(queue: Any) -> None:  # noqa: ANN401 - a maker of events
    """`internal_error`, to be done again; the others of the batch, in other threads and its own, are done."""
    door = FakeFunction(perform=raising(PanicException("hunter2")))
    batch = queue(envelope("alice"), envelope("bob", id="1"), envelope("bob", id="2"), envelope("carol"))
    assert counts(door, batch) == {"received": 4, "applied": 2, "replayed": 0, "ignored": 0, "parked": 2}
    assert codes(door) == [("internal_error", True)] * 2
    assert "hunter2" not in str(door.parked) + str(door.lines)


def test_a_panic_while_a_message_is_read_parks_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command's fields are checked by native code, too."""
    door = FakeFunction()

    def parse(data: dict[str, Any]) -> Command:
        if data["user"] == "bob":
            raise PanicException
        found: Command = original(data)
        return found

    original = door.operation.command.parse
    monkeypatch.setattr(door.operation.command, "parse", parse)
    assert counts(door, ckafka(envelope("bob"), envelope("alice")))["applied"] == 1
    assert codes(door) == [("internal_error", True)]


def test_a_panic_is_a_500_over_http() -> None:
    """A panic of native code is a 500 over HTTP, and its text is in neither answer nor log."""
    door = FakeFunction(perform=raising(PanicException("hunter2")))
    status, body, _ = send(door, signed_event(fakes.command("bob")))
    assert (status, body["code"]) == (500, "internal_error")
    assert "hunter2" not in str(body) + str(door.lines)


@pytest.mark.parametrize("error", EXITS)
def test_the_end_of_a_process_is_none(error: type[BaseException]) -> None:
    """Whoever ends the process or a generator is not held up, over HTTP and in a batch; nothing is parked."""
    for event in (signed_event(fakes.command("bob")), ckafka(envelope("bob"), envelope("alice"))):
        door = FakeFunction(perform=raising(error()))
        with pytest.raises(error):
            on(door, event, {})
        assert not door.parked


def test_a_panic_while_parking_leaves_the_message_on_the_queue() -> None:
    """Where writing the dead letter panics, the message stays on the queue."""
    door = FakeFunction()
    door.parking_fails = PanicException("hunter2")
    assert "internal_error" in str(fakes.raised(door, ckafka(envelope(data={}))))
