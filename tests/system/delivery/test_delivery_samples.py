"""The sample events in `events/` of the functions that no command is for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.delivery.stories import DUTIES, created
from tests.world import World

EVENTS = Path(__file__).parents[3] / "events"


def sample(name: str) -> dict[str, Any]:
    """A sample event, decoded."""
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return event


@pytest.mark.parametrize(("trigger", "status"), [("apigw", 200), ("http", 303)])
def test_the_page_samples_are_a_look_and_a_claim(claims: World, trigger: str, status: int) -> None:
    """With a real token in place of theirs, which leads nowhere."""
    event = sample(f"{trigger}/claim_credentials.json")
    assert claims.invoke("claim_credentials", event).status == 404
    folder, _, _ = event["path"].rpartition("/")
    event["path"] = f"{folder}/{created(claims).rpartition('/')[2]}"
    assert claims.invoke("claim_credentials", event).status == status


def test_the_timer_sample_is_a_run(claims: World) -> None:
    """The timer's sample event runs a sweep that finds nothing to do."""
    answer = claims.invoke("sweep", sample("timer/sweep.json"))
    assert answer.error is None
    assert answer.body == {duty: {"done": 0, "failed": 0, "left": 0} for duty in DUTIES}
