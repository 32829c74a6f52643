"""Guarantee 2: deliveries of one message at the same moment agree, and so do two requests that want one name."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from tests.answers import Answer
from tests.guarantees.histories import CREATE, GRANT, LIMIT_MS, REVOKE, History, assert_no_blind_repetition, name
from tests.guarantees.real import RealWorld, event
from tests.processes import Process, Sent
from tests.world import FULL, READ, World

EIGHT = 8
ALICE = {"user": "alice", "policies": [READ]}


def lasting(body: dict[str, Any]) -> dict[str, Any]:
    """An answer without what is signed anew each time."""
    return {key: value for key, value in body.items() if key not in ("credentials", "replayed")}


@pytest.mark.parametrize("history", [CREATE, GRANT, REVOKE], ids=name)
def test_one_message_eight_times_at_once(world: World, history: History) -> None:
    """One of eight does the work, the others are told to come again, and then all tell the same."""
    message = history.prepare(world)
    answers = world.together([(history.function, message)] * EIGHT, limit_ms=LIMIT_MS)
    done = [answer for answer in answers if answer.status in (200, 201)]
    assert [answer.status for answer in done if "replayed" not in answer.body] == [201 if history is CREATE else 200]
    for answer in answers:
        if answer not in done:
            assert (answer.status, answer.body["code"]) == (409, "in_progress")
            assert 1 <= int(answer.headers["Retry-After"]) <= 5
    again = [world.redeliver_until_answer(history.function, message) for _ in range(EIGHT)]
    assert all(answer.status == 200 and answer.body["replayed"] is True for answer in again)
    assert all(lasting(answer.body) == lasting(done[0].body) for answer in [*done, *again])
    for answer in [*done, *again]:
        history.check(world, answer)


@pytest.mark.parametrize("function", ["create_user", "grant_policy"])
def test_one_message_in_eight_batches(world: World, function: str) -> None:
    """The same batch in eight consumers at once: what one does the others leave on the queue, or count as replayed."""
    history = History(function, (READ,), queue=True)
    batch = history.prepare(world)
    answers = world.together([(function, batch)] * EIGHT, limit_ms=LIMIT_MS)
    assert sum(answer.body.get("applied", 0) for answer in answers) == 1
    assert all(answer.error is None or type(answer.error).__name__ == "Redeliver" for answer in answers)
    history.check(world, world.redeliver_until_answer(function, batch))


def test_eight_processes() -> None:
    """The same with real processes: one user, one key, one file, and answers that agree."""
    with RealWorld() as world:
        message = event("create_user", ALICE, id="1")
        answers = [answer for answer in world.run("create_user", message, EIGHT) if answer is not None]
        statuses = sorted(answer["statusCode"] for answer in answers)
        assert len(statuses) == EIGHT
        assert statuses.count(201) == 1
        assert set(statuses) <= {200, 201, 409}
        state = world.end_state("alice")
        state.assert_access()
        state.assert_told()
        (created,) = (answer for answer in answers if answer["statusCode"] == 201)
        (again,) = world.run("create_user", message)
        assert again is not None
        assert lasting(json.loads(again["body"])) == lasting(json.loads(created["body"]))
        state.assert_link(json.loads(again["body"])["credentials"]["url"])


def assert_one_winner(world: World, answers: list[Answer]) -> None:
    """One 201 and one 409 that asks for no retry; everything there is of the user is the winner's."""
    assert sorted(answer.status for answer in answers) == [201, 409]
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert lost.body["code"] == "user_exists"
    assert lost.final
    state = world.end_state("alice")
    state.assert_access()
    state.assert_told()
    assert state.receipts[0]["request_id"] == won.body["request_id"]
    assert state.attached == won.body["policies"]
    objects = world.cloud.cos.objects.data
    recorded = [json.loads(row.body) for key, row in objects.items() if key.startswith(("ledger/", "lives/"))]
    assert ["req_" + entry["request"][:32] for entry in recorded] == [won.body["request_id"]]
    assert_no_blind_repetition(world)


def two_requests(world: World) -> list[dict[str, Any]]:
    """Two requests for the same name that differ in all but that."""
    other = {"user": "alice", "policies": [FULL], "remark": "another one"}
    return [world.http("create_user", ALICE, id="1"), world.http("create_user", other, id="2")]


def test_two_requests_for_one_name(world: World) -> None:
    """Two creates for one name at once: one wins, the other is refused and leaves nothing."""
    for _ in range(3):
        world.reset()
        answers = world.together([("create_user", one) for one in two_requests(world)])
        assert_one_winner(world, answers)


@pytest.mark.parametrize("when", ["before", "after"])
def test_two_requests_and_a_death(world: World, when: str) -> None:
    """The same where one dies at any of its calls, the other comes in between, and then the first comes again."""
    for n in range(1, CREATE.calls(world) + 1):
        world.reset()
        first, second = two_requests(world)
        world.kill(call=n, when=when)
        assert world.invoke("create_user", first).killed
        other = world.redeliver_until_answer("create_user", second)
        world.clock.advance(35)
        one = world.redeliver_until_answer("create_user", first)
        # Killed after its last call, it was finished: what it answers now is the replay.
        status = 201 if "replayed" in one.body else one.status
        assert_one_winner(world, [Answer(status, one.body, one.headers), other])


def test_finished_while_a_successor_looks(world: World) -> None:
    """A delivery that sees no receipt, and then a lease that has lapsed, looks once more before it begins."""
    message = CREATE.prepare(world)
    looked, finished = threading.Event(), threading.Event()
    found: list[Answer] = []

    def hang(_process: Process, _sent: Sent) -> None:
        looked.set()
        finished.wait(10)
        world.clock.advance(6)

    def deliver_again(_process: Process, _sent: Sent) -> None:
        world.clock.advance(9)
        world.at(hang, action="GetObject", call=1, when="after")
        thread.start()
        looked.wait(10)

    thread = threading.Thread(
        target=lambda: found.append(world.invoke("create_user", message, limit_ms=LIMIT_MS)), daemon=True
    )
    world.at(deliver_again, action="PutObject", call=4, when="after")
    answer = world.invoke("create_user", message, limit_ms=LIMIT_MS)
    finished.set()
    thread.join(10)
    assert (answer.status, found[0].status, found[0].body["replayed"]) == (201, 200, True)
    CREATE.check(world, found[0])
    CREATE.check(world, answer)
