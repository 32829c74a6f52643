"""Events of HR systems as the platform delivers them, and the inbox of a world."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.accounts import Accounts
from local.hr.records import Push
from local.hr.systems import HrSystems
from local.scf.cos_event import event as cos_event
from shared.people.person import PersonEvent
from shared.use_cases.apply_person import Applied
from tests.answers import Answer
from tests.receiver import signature
from tests.world import SECRET, World

NOBODY = ("inbox/", "dead-letters/")


@contextmanager
def running() -> Iterator[HrSystems]:
    """HR systems that answer."""
    systems = HrSystems()
    systems.start()
    try:
        yield systems
    finally:
        systems.stop()


def post(source: str, push: Push, method: str = "POST") -> dict[str, Any]:
    """A push as a Function URL hands it over; bytes that are no text come as base64."""
    headers = {name.lower(): value for name, value in push.headers.items()}
    event = {"httpMethod": method, "path": f"/{source}", "headers": headers, "queryString": push.query}
    try:
        return event | {"body": push.body.decode()}
    except UnicodeDecodeError:
        return event | {"body": base64.b64encode(push.body).decode(), "isBase64Encoded": True}


def person(world: World, data: object, *, id: str = "1", **envelope: object) -> dict[str, Any]:
    """A person in the common form, signed now."""
    told = {"specversion": "1.0", "type": "imaccess.person.changed", "source": "/hr", "id": id, "data": data}
    body = json.dumps({**told, **envelope}).encode()
    now = str(int(world.clock.now()))
    headers = {"webhook-id": f"msg_{id}", "webhook-timestamp": now}
    headers["webhook-signature"] = signature(SECRET, headers["webhook-id"], now, body)
    return post("person", Push(body, headers))


def kept(world: World, *prefixes: str) -> list[str]:
    """The keys of what is stored below some prefixes; without any, of what an event may leave."""
    return sorted(key for key in world.cloud.cos.objects.data if key.startswith(prefixes or NOBODY))


def letters(world: World) -> list[dict[str, Any]]:
    """The dead letters."""
    return [json.loads(world.cloud.cos.objects.data[key].body) for key in kept(world, "dead-letters/")]


def woken(world: World, key: str) -> Answer:
    """Run the function with the COS trigger's event of an object."""
    stored = world.cloud.cos.objects.data[key]
    accounts: Accounts = world.cloud._accounts
    return world.invoke("hr_events", cos_event(stored, accounts))


class Taken:
    """Replaces the rules: it remembers each report of a person, and fails if the test says so."""

    def __init__(self) -> None:
        self.events: list[PersonEvent] = []
        self.error: Exception | None = None
        self.of: set[str] = set()

    def __call__(self, event: PersonEvent, container: object) -> Applied:  # noqa: ARG002 - as the original
        """Take it."""
        if self.error and (not self.of or event.person.employee in self.of):
            raise self.error
        self.events.append(event)
        return Applied("joined", "", 1)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Of each event the person's id, and what was set of it."""
        rows = [
            (one.person.employee, one.person.model_dump(include=one.person.model_fields_set)) for one in self.events
        ]
        return [
            (employee, {name: value for name, value in told.items() if name != "employee"}) for employee, told in rows
        ]
