"""After its duties a run of the sweep logs one line of metrics, and gives a sign of life."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import redirect_stdout
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from typing import Any

import pytest

from local.faults import Fault
from shared.deadline import Tally
from shared.notifications.outbox import Outbox, OutboxEntry
from shared.use_cases.duties.metrics import Metrics
from tests.processes import WorldClock
from tests.system.delivery.stories import DUTIES, HOUR, created
from tests.unit.policies.stores import MemoryStore
from tests.world import READ, World

NAMES = {
    *("done", "failed", "left", "unclaimed", "calls", "throttled", "throttled_percent"),
    *("letters_waiting", "letters_oldest_seconds", "letters_new", "requests_waiting", "requests_oldest_seconds"),
    *("inbox_waiting", "inbox_oldest_seconds", "scim_waiting", "scim_oldest_seconds"),
    *("offboards_waiting", "outbox_waiting", "outbox_oldest_seconds"),
}


class Monitor(HTTPServer):
    """A monitor of heartbeats: what it was asked, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[str] = []
        self.status = 200


class _Asked(BaseHTTPRequestHandler):
    server: Monitor

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base names it
        """Say nothing."""


@pytest.fixture
def monitor(world: World) -> Iterator[Monitor]:
    """A monitor that the sweep is to call."""
    with Monitor() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        world.env["IM_ACCESS_HEARTBEAT_URL"] = f"http://127.0.0.1:{server.server_port}/ping/s3cret-token"
        yield server
        server.shutdown()
        thread.join()


def lines(world: World) -> list[dict[str, Any]]:
    """What a run of the sweep logs."""
    log = StringIO()
    level, world.env["IM_ACCESS_LOG_LEVEL"] = world.env["IM_ACCESS_LOG_LEVEL"], "INFO"
    with redirect_stdout(log):
        answer = world.invoke("sweep", world.timer())
    world.env["IM_ACCESS_LOG_LEVEL"] = level
    assert answer.error is None, answer.error
    return [json.loads(line) for line in log.getvalue().splitlines()]


def metrics(world: World) -> dict[str, Any]:
    """The one line of metrics of a run that is over within a minute."""
    (line,) = [line for line in lines(world) if line["event"] == "metrics"]
    assert line["ended"] == 1
    return line


def test_where_nothing_waits_everything_is_nought(world: World) -> None:
    """One line of plain numbers under known names; only its own calls are counted."""
    line = metrics(world)
    assert set(line) >= NAMES
    assert {name: line[name] for name in NAMES - {"calls"}} == dict.fromkeys(NAMES - {"calls"}, 0)
    assert line["calls"] > 0


def test_every_duty_is_answered(world: World) -> None:
    """The answer of the sweep has three numbers for every duty, even if nothing was due."""
    assert world.invoke("sweep", world.timer()).body == {name: {"done": 0, "failed": 0, "left": 0} for name in DUTIES}


def test_what_waits_is_counted_with_its_age(claims: World) -> None:
    """A letter, an offboarded user, a notification that is not taken and a request that was killed are each told."""
    created(claims, "alice")
    claims.receiver.down = True
    offboard = {"user": "alice", "delete_after_days": 1}
    claims.invoke("offboard_user", claims.http("offboard_user", offboard, id="leaves"))
    claims.invoke(
        "grant_policy", claims.kafka(claims.envelope("grant_policy", {"user": "x", "policies": [READ]}, id="1"))
    )
    claims.kill(action="AddUser")
    claims.invoke("create_user", claims.http("create_user", {"user": "bob", "policies": [READ]}, id="bob"))
    line = metrics(claims)
    assert (line["letters_waiting"], line["letters_new"]) == (1, 1)
    assert (line["offboards_waiting"], line["outbox_waiting"]) == (1, 1)
    assert line["requests_waiting"] == 1
    claims.clock.advance(2 * HOUR)
    claims.receiver.down = True
    later = metrics(claims)
    assert later["outbox_oldest_seconds"] >= 2 * HOUR
    assert later["letters_oldest_seconds"] >= 2 * HOUR
    assert later["failed"] >= 1


def test_what_was_done_waits_no_more(world: World) -> None:
    """The line at the end tells what there is then: a letter that this run has redriven is gone."""
    grant = world.envelope("grant_policy", {"user": "alice", "policies": [READ]}, id="1")
    assert world.invoke("grant_policy", world.kafka(grant)).body["parked"] == 1
    world.clock.advance(60)
    world.add_user("alice")
    world.clock.advance(60)
    line = metrics(world)
    assert (line["letters_waiting"], line["done"]) == (0, 1)


def test_throttled_calls_are_counted(world: World) -> None:
    """Of the calls of the run, those that were refused for their rate, which are in the count of calls too."""
    created(world, "alice")
    world.invoke("offboard_user", world.http("offboard_user", {"user": "alice", "delete_after_days": 0}, id="leaves"))
    world.clock.advance(HOUR)
    world.cloud.faults.on(action="DeleteUser", do=Fault.THROTTLE)
    line = metrics(world)
    assert line["throttled"] == 1
    assert line["calls"] > line["throttled"]
    assert line["throttled_percent"] == round(100 / line["calls"])


def test_a_run_gives_a_sign_of_life(world: World, monitor: Monitor) -> None:
    """After each run the heartbeat's address is called once with GET, exactly as it is set."""
    assert [line["event"] for line in lines(world)] == ["metrics"]
    assert monitor.asked == ["/ping/s3cret-token"]


def test_a_run_that_fails_gives_none(world: World, monitor: Monitor) -> None:
    """A bucket that has versions is refused before anything is done; a duty that fails is no such run."""
    world.cloud.cos.versioning = "Enabled"
    assert world.invoke("sweep", world.timer()).error is not None
    assert monitor.asked == []
    world.cloud.cos.versioning = ""
    world.cloud.faults.on("ListObjects", target=re.compile("^untils/"), do=Fault.CODE, code="AccessDenied", status=403)
    assert world.invoke("sweep", world.timer()).body["until"]["failed"] == 1
    assert len(monitor.asked) == 1


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_monitor_that_refuses_fails_nothing(world: World, monitor: Monitor, status: int) -> None:
    """The run is done all the same; the log says so, and not the address."""
    monitor.status = status
    told = lines(world)
    assert [line["event"] for line in told] == ["metrics", "heartbeat_failed"]
    assert told[-1]["detail"] == f"The monitor answered HTTP {status}"
    assert "s3cret" not in json.dumps(told)
    assert len(monitor.asked) == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/ping/s3cret-token", "http://example.com/s3cret-token"])
def test_a_monitor_that_cannot_be_called_fails_nothing(world: World, url: str) -> None:
    """A heartbeat that fails, or whose setting is refused, does not fail the run."""
    world.env["IM_ACCESS_HEARTBEAT_URL"] = url
    told = lines(world)
    assert [line["event"] for line in told] == ["metrics", "heartbeat_failed"]
    assert told[-1]["code"] in ("cloud_unavailable", "misconfigured")
    assert "s3cret" not in json.dumps(told)


def test_what_the_store_does_not_tell_is_left_out(world: World) -> None:
    """A listing that fails costs its own numbers, and no others."""
    letters = re.compile(r"^dead-letters/")
    world.cloud.faults.on("ListObjects", target=letters, times=2, do=Fault.CODE, code="AccessDenied", status=403)
    line = metrics(world)
    assert NAMES - set(line) == {"letters_waiting", "letters_oldest_seconds", "letters_new"}


def test_the_oldest_of_many_is_found_wherever_it_stands() -> None:
    """An entry that was tried again has a new place among a hundred: its key says since when it has been waiting."""
    store, clock = MemoryStore(), WorldClock(1.8e9)
    outbox = Outbox(store, clock)
    for number in range(100):
        told = OutboxEntry("f", "t", f"{number:064x}", "", {}, None, first_at=1.8e9 - number * 60, tries=number % 8)
        outbox.put(told)
    line = Metrics(store, clock, "dead-letters/", Tally()).values({}, ended=True)
    assert (line["outbox_waiting"], line["outbox_oldest_seconds"]) == (100, 99 * 60)
    assert store.calls["get"] == 0


def test_a_sum_over_the_lines_of_a_run_counts_nothing_twice() -> None:
    """A line tells what came since the line before it; what is left is told as it is, unclaimed ones at the end."""
    tally = Tally()
    metrics = Metrics(MemoryStore(), WorldClock(1.8e9), "dead-letters/", tally)
    tally.count(calls=10, throttled=1)
    first = metrics.values({"unclaimed": {"done": 2, "failed": 0, "left": 3}}, ended=False)
    tally.count(calls=10)
    last = metrics.values({"unclaimed": {"done": 4, "failed": 1, "left": 1}}, ended=True)
    names = ("ended", "done", "failed", "left", "unclaimed", "calls", "throttled", "throttled_percent")
    assert [first[name] for name in names] == [0, 2, 0, 3, 2, 10, 1, 10]
    assert [last[name] for name in names] == [1, 2, 1, 1, 3, 10, 0, 0]
