"""Each alarm of docs/alarms.json fires on the log lines of what it is for and on no others, and is told everywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import pytest

from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY
from tests.system.alarms.log import fields_of, fires
from tests.system.delivery.stories import HOUR, created, disputed, visited
from tests.world import READ, World

ALARMS: dict[str, dict[str, Any]] = {
    row["name"].removeprefix("im-access-"): row
    for row in json.loads((REPOSITORY / "docs" / "alarms.json").read_text("utf-8"))
}
Lines = list[dict[str, Any]]


def logged(world: World, story: Callable[[World], object]) -> Lines:
    """The lines that the functions log meanwhile."""
    log = StringIO()
    world.env["IM_ACCESS_LOG_LEVEL"] = "INFO"
    with redirect_stdout(log):
        story(world)
    return [json.loads(line) for line in log.getvalue().splitlines()]


def sweep(world: World) -> None:
    """The timer fires."""
    world.invoke("sweep", world.timer())


def grant(world: World, policy: str, user: str = "alice") -> None:
    """Ask for a policy over HTTP."""
    world.invoke(
        "grant_policy", world.http("grant_policy", {"user": user, "policies": [policy]}, id=f"{policy} {user}")
    )


def day(world: World) -> None:
    """An ordinary day: somebody joins, picks their credentials up, gets a policy, and the sweep runs."""
    visited(world, "POST", created(world))
    grant(world, READ)
    sweep(world)


def no_sweep(world: World) -> None:
    """All is well, but no timer fires."""
    created(world)


def lost_policy(world: World) -> None:
    """A policy of the allow-list does not exist in CAM."""
    world.env["IM_ACCESS_POLICIES"] = f"{READ},nowhere"
    grant(world, "nowhere")


def lost_setting(world: World) -> None:
    """The bucket is not set any more."""
    del world.env["IM_ACCESS_BUCKET"]
    grant(world, READ)


def too_much(world: World) -> None:
    """Somebody asks for administration."""
    grant(world, "AdministratorAccess")


def unknown_user(world: World) -> None:
    """A grant from a queue for nobody."""
    envelope = world.envelope("grant_policy", {"user": "nobody", "policies": [READ]}, id="1")
    world.invoke("grant_policy", world.kafka(envelope))


def letters_of_before(world: World) -> None:
    """A letter that was written a moment ago, by whatever way, seen by the sweep."""
    world.cloud.cos.put("dead-letters/unowned/1.json", b"{}", {}, False)
    sweep(world)


def deaf_receiver(world: World) -> None:
    """Nobody takes notifications, for two hours."""
    world.receiver.down = True
    created(world)
    world.clock.advance(2 * HOUR)
    sweep(world)


def theft(world: World) -> None:
    """Somebody else has picked the credentials up."""
    url = created(world)
    visited(world, "POST", url)
    disputed(world, url)


STORIES = {
    "function-errors": [lost_policy],
    "misconfigured": [lost_setting],
    "refusals": [too_much],
    "letters": [unknown_user, letters_of_before],
    "backlog": [deaf_receiver],
    "disputed": [theft],
    "sweep-silent": [no_sweep],
}


@pytest.fixture
def world_with_page(world: World) -> World:
    """A world whose credentials are picked up on the page."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    return world


def test_an_ordinary_day_is_quiet(world_with_page: World) -> None:
    """No alarm fires where nothing is wrong."""
    lines = logged(world_with_page, day)
    assert [name for name, alarm in ALARMS.items() if fires(alarm, lines)] == []


def test_each_alarm_has_a_story() -> None:
    """Each alarm has a story in these tests in which it fires."""
    assert set(STORIES) == set(ALARMS)


@pytest.mark.parametrize(
    ("name", "story"),
    [(name, one) for name, stories in STORIES.items() for one in stories],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_it_fires_on_what_it_is_for(world_with_page: World, name: str, story: Callable[[World], object]) -> None:
    """Each alarm fires in its story, and no other does except that no sweep was seen."""
    lines = logged(world_with_page, story)
    fired = {other for other, alarm in ALARMS.items() if fires(alarm, lines)}
    assert name in fired
    assert fired <= {name, "sweep-silent"}


def test_the_platforms_own_errors_are_function_errors() -> None:
    """Time, memory, start; a batch that raises to come again (430) is none."""
    alarm = ALARMS["function-errors"]
    assert [fires(alarm, [{"SCF_StatusCode": status}]) for status in (200, 430, 433, 434, 443)] == [
        *(False, False),
        *(True, True, True),
    ]


@pytest.mark.parametrize("alarm", ALARMS.values(), ids=ALARMS)
def test_its_fields_are_indexed(alarm: dict[str, Any]) -> None:
    """What a query reads is in the key-value index that Terraform makes and the pages tell of."""
    text = (REPOSITORY / "deploy" / "terraform" / "log.tf").read_text("utf-8")
    indexed = set(re.findall(r'"(\w+)"', "".join(re.findall(r"log_\w+\s+= \[(.*?)\]", text, re.S))))
    assert fields_of(alarm["query"]) <= indexed


@pytest.mark.parametrize("page", ["docs/operations.md", "docs/operations.zh-CN.md"])
def test_it_has_a_runbook(page: str) -> None:
    """A heading of its name, on both pages, in the order of the table."""
    headings = re.findall(r"^### (im-access-\S+)$", markdown.read(page), re.M)
    assert headings == [row["name"] for row in ALARMS.values()]
