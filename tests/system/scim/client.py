"""An identity provider that works with a world."""

from __future__ import annotations

from typing import Any

from tests.answers import Answer
from tests.events import SCIM_TOKEN
from tests.world import World

LATER = 70.0
"""Seconds after which the sweep takes up what a client has left."""


class Provider:
    """One client, by its token."""

    def __init__(self, world: World, token: str = SCIM_TOKEN) -> None:
        self.world = world
        self.token = token

    def ask(self, method: str, path: str, body: object = None, **query: str) -> Answer:
        """Send one request; the answer must come within four seconds of the world's time."""
        began = self.world.clock.now()
        answer = self.world.invoke("scim", self.world.scim(method, path, body, token=self.token, query=query))
        assert answer.error is None, answer
        assert self.world.clock.now() - began <= 4.0
        assert answer.headers["Content-Type"] == "application/scim+json"
        if answer.status >= 400:
            assert answer.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
            assert answer.body["status"] == str(answer.status)
        return answer

    def done(self, method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
        """The body of a successful request, after as many repetitions as a client makes."""
        for _ in range(20):
            answer = self.ask(method, path, body, **query)
            if answer.status != 429:
                assert answer.status < 300, answer
                return answer.body
            self.world.clock.advance(int(answer.headers["Retry-After"]))
        raise AssertionError(f"never done: {answer}")

    def user(self, user_name: str, /, **more: object) -> dict[str, Any]:
        """A user who is posted."""
        return self.done("POST", "/Users", {"userName": user_name, **more})

    def named(self, name: str) -> list[dict[str, Any]]:
        """The users of a name."""
        found: list[dict[str, Any]] = self.done("GET", "/Users", filter=f'userName eq "{name}"')["Resources"]
        return found

    def group(self, name: str) -> dict[str, Any]:
        """The one group of a name."""
        [found] = self.done("GET", "/Groups", filter=f'displayName eq "{name}"')["Resources"]
        one: dict[str, Any] = found
        return one

    def patch(self, path: str, *ops: dict[str, Any]) -> dict[str, Any]:
        """A PATCH of these operations."""
        return self.done("PATCH", path, {"Operations": list(ops)})

    def members(self, group: str, op: str, *users: str) -> dict[str, Any]:
        """Put users into a policy's group, or take them out, by their ids."""
        value = [{"value": one} for one in users]
        return self.patch(f"/Groups/{self.group(group)['id']}", {"op": op, "path": "members", "value": value})

    def sweep(self) -> dict[str, Any]:
        """What a later run of the sweep does for SCIM."""
        self.world.clock.advance(LATER)
        answer = self.world.invoke("sweep", self.world.timer())
        assert answer.error is None, answer
        told: dict[str, Any] = answer.body["scim"]
        return told

    def due(self) -> list[str]:
        """What is not done yet."""
        return [key for key in self.world.cloud.cos.objects.data if key.startswith("scim/now/due/")]
