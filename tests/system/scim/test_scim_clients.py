"""The clients that are known get what they expect, request by request."""

from __future__ import annotations

from typing import Any

import pytest

from tests.events import SCIM_TOKEN
from tests.system.scim.client import Provider
from tests.system.scim.shapes import STORIES, Json, Send
from tests.world import World


@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story.__name__))
def test_a_client(world: World, story: Any) -> None:  # noqa: ANN401 - a story of shapes.py
    """Each of its requests is answered as it needs, and in the end nothing is left to be done."""
    world.reset()
    story(sender(world))
    okta = Provider(world)
    for _ in range(6):
        if okta.due():
            okta.sweep()
    assert okta.due() == []


def sender(world: World) -> Send:
    """Sends into a world; a user is there for a while before anything else happens to it."""

    def send(
        method: str, path: str, body: Json | None = None, *, token: str = SCIM_TOKEN, **query: str
    ) -> tuple[int, Json]:
        answer = world.invoke("scim", world.scim(method, path, body, token=token, query=query))
        assert answer.error is None
        world.clock.advance(20)
        return answer.status, answer.body

    return send


def test_without_any_pause(world: World) -> None:
    """The same where a suite waits for nothing: off and on within a second is taken, and the sweep brings it about."""
    world.reset()
    okta = Provider(world)
    made = okta.user("alice")
    for active in (False, True, False, True):
        answer = okta.ask(
            "PATCH", f"/Users/{made['id']}", {"Operations": [{"op": "replace", "value": {"active": active}}]}
        )
        assert (answer.status, answer.body["active"]) == (200, active)
        key = world.end_state("alice").keys
        assert active or all(one.status == "Inactive" for one in key)
    for _ in range(6):
        if okta.due():
            okta.sweep()
    assert okta.due() == []
    state = world.end_state("alice")
    assert [one.status for one in state.keys] == ["Active"]
    assert state.user is not None
    assert state.user.console_login
