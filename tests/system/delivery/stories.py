"""Helpers of the tests of delivery: users with links, and people and programs that follow them."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

from tests.answers import Answer
from tests.world import READ, World

PAGE = "https://im.example.com/claim"
CLAIMED, REFUSED = "imaccess.credentials.claimed", "imaccess.credentials.refused"
DISPUTED = "imaccess.credentials.disputed"
UNCLAIMED, STOPPED = "imaccess.credentials.unclaimed", "imaccess.sweep.stopped"
HOUR = 3600.0
DUTIES = (
    *("unclaimed", "outbox", "letters", "requests", "tidy", "deletions", "overlaps", "until", "by_hand", "scim"),
    *("people", "rules", "inbox", "prune", "drift"),
)


def created(world: World, user: str = "alice", **fields: object) -> str:
    """Create a user; the link that the answer has."""
    command: dict[str, Any] = {"user": user, "policies": [READ], **fields}
    answer = world.invoke("create_user", world.http("create_user", command, id=f"create {user}"))
    assert answer.status == 201, answer
    return str(answer.body["credentials"]["url"])


def visited(world: World, method: str, url: str, **headers: str) -> Answer:
    """Somebody follows a link."""
    return world.invoke("claim_credentials", world.visit(method, url, **headers))


def cookie(answer: Answer) -> str:
    """The cookie that an answer sets, as a browser sends it back."""
    return answer.headers["Set-Cookie"].partition(";")[0]


def disputed(world: World, url: str, **headers: str) -> Answer:
    """Somebody presses the button "it was not me"."""
    event = world.visit("POST", url, content_type="application/x-www-form-urlencoded", **headers)
    return world.invoke("claim_credentials", event | {"body": "answer=not-me"})


def swept(world: World) -> dict[str, int]:
    """Run the sweep; returns what its log says each duty did."""
    log = StringIO()
    level = world.env["IM_ACCESS_LOG_LEVEL"]
    with redirect_stdout(log):
        world.env["IM_ACCESS_LOG_LEVEL"] = "INFO"
        answer = world.invoke("sweep", world.timer())
    world.env["IM_ACCESS_LOG_LEVEL"] = level
    assert answer.error is None, answer.error
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    told = {line["duty"]: line["counts"] for line in lines if line["event"] == "duty"}
    assert told == {name: counts for name, counts in answer.body.items() if any(counts.values())}
    details = Counter[str]()
    for line in lines:
        details.update(line.get("details", {}))
    return dict(details)


def objects(world: World, prefix: str = "") -> dict[str, bytes]:
    """The objects of the bucket below a prefix, except the positions of the sweep."""
    held = {key: one.body for key, one in world.cloud.cos.objects.data.items() if key.startswith(prefix)}
    return {key: body for key, body in held.items() if not key.startswith("sweep/positions/")}


def notices(world: World, kind: str) -> list[dict[str, Any]]:
    """The data of the notifications of a type, each event once."""
    found = {message_id: event["data"] for message_id, event in world.receiver.taken if event["type"] == kind}
    return list(found.values())
