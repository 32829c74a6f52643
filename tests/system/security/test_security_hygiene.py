"""No secret and no link leaves the process except where it has to: everything that leaves is searched for all of them.

Allowed are the credentials file, the HTTP answer of a create, the body of its notification, the headers on the wire.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.answers import Answer
from tests.fakes import invoke
from tests.system.security import wiretap
from tests.system.security.commands import command
from tests.system.security.paths import STORIES, Story
from tests.system.security.wiretap import LIES, Lie, Wiretap, api_error, broken_line, unforeseen
from tests.world import World

CALLS = 17
"""As many as a create makes, and some more."""


def heard(world: World, tap: Wiretap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tap all invocations of a story."""
    invoke = world.invoke

    def tapped(function: str, event: dict[str, Any], **how: Any) -> Answer:  # noqa: ANN401
        answer = invoke(function, event, **how)
        tap.take(answer, may_hold_a_link=answer.status in (200, 201))
        return answer

    monkeypatch.setattr(world, "invoke", tapped)


@pytest.mark.parametrize("story", STORIES)
def test_nothing_leaks_on_any_path(world: World, tap: Wiretap, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everyday work, crashes, lost answers, events out of order: searched for each password, key, token and link."""
    heard(world, tap, monkeypatch)
    story(world)
    made = [key.secret_key for user in world.cloud.cam.users for key in world.cloud.cam.keys_of(user)]
    assert set(made) <= tap.secrets, "the tap has learned what was made"
    assert {user.password for user in world.cloud.cam.users.values() if user.password} <= tap.secrets


@pytest.mark.parametrize(
    ("via", "lie"), [("http", lie) for lie in LIES] + [("kafka", lie) for lie in (api_error, broken_line, unforeseen)]
)
def test_nothing_leaks_whatever_the_cloud_answers(world: World, tap: Wiretap, via: str, lie: Lie) -> None:
    """Each call of a create in turn is answered with its own request: in a page, a code, an exception."""
    tap.lie = lie
    for call in range(1, CALLS + 1):
        tap.lie_at = call
        user = f"user{call}"
        event = world.http("create_user", command(user), id=user)
        if via == "kafka":
            event = world.kafka(world.envelope("create_user", command(user), id=user), first=call)
        answer = world.invoke("create_user", event)
        tap.take(answer, may_hold_a_link=answer.status in (200, 201))
        if answer.status:
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert tap.lied >= 12


def test_nothing_leaks_from_a_queue(world: World, tap: Wiretap) -> None:
    """The platform logs what a queue event returns: counters, and no link of the user that was created."""
    events = [world.envelope("create_user", command(f"user{n}"), id=f"{n}") for n in range(3)]
    answer = world.invoke("create_user", world.kafka(*events))
    tap.take(answer)
    assert answer.body["applied"] == 3
    assert [event for _, event in world.receiver.taken if event["data"]["credentials"]["url"]]


def test_nothing_leaks_of_what_the_platform_hands_over(world: World, tap: Wiretap) -> None:
    """A COS event carries an Authorization header, a context the environment, a request perhaps x-scf- secrets."""
    hidden = {
        name: f"hidden-{name}-0123456789" for name in ("authorization", "environ", "header", "signature", "query")
    }
    tap.secrets |= set(hidden.values())
    cos_event = {
        "Records": [{"event": {"requestParameters": {"requestHeaders": {"Authorization": hidden["authorization"]}}}}]
    }
    headers = {"x-scf-secret-key": hidden["header"], "webhook-id": "1", "authorization": hidden["authorization"]}
    http_event = {
        "httpMethod": "POST",
        "headers": headers | {"webhook-signature": f"v1,{hidden['signature']}", "webhook-timestamp": "1"},
        "queryString": {"token": hidden["query"]},
        "body": "{}",
    }
    context = {"environ": f"TENCENTCLOUD_SECRETKEY={hidden['environ']};", "time_limit_in_ms": 3000}
    for event in (cos_event, http_event, {"Type": "Timer", "Message": hidden["query"]}, {"headers": headers}):
        env = world.roles["grant_policy"] | world.env
        try:
            answer = invoke("grant_policy", event, context, env, world.process().instance, world.clock)
            tap.left("return value", str(answer))
        except Exception as error:  # noqa: BLE001 - what the platform would print
            tap.take(Answer(error=error))


def test_a_misconfigured_function_never_shows_a_value(world: World, tap: Wiretap) -> None:
    """Each setting and credential that holds a secret is broken in turn; the error names it and no more."""
    broken = "whsec_c2VjcmV0IGJ1dCB0b28gc2hvcnQ"
    tap.secrets.add(broken)
    names = ("IM_ACCESS_WEBHOOK_SECRETS", "IM_ACCESS_NOTIFY_SECRET", "IM_ACCESS_NOTIFY_URL", "IM_ACCESS_BUCKET")
    for name in names:
        before = world.env[name]
        world.env[name] = broken
        for event in (world.http("create_user", command("al"), id=name), world.kafka("x")):
            answer = world.invoke("create_user", event)
            tap.take(answer)
            assert answer.status in (500, 0)
        world.env[name] = before


def test_the_tap_hears(world: World, tap: Wiretap) -> None:
    """The proof of the proof: a secret in any form, anywhere, is found."""
    secret = "p4ss/w0rd+with=chars"
    tap.secrets = {secret}
    for form in wiretap._forms(secret):
        tap.left("somewhere", f"before {form} after")
        assert len(tap.found()) == 1
        tap.texts.clear()
    error = ValueError("outer")
    error.__context__ = ValueError(secret)
    tap.take(Answer(error=error))
    assert tap.found()
    tap.texts.clear()
    world.invoke("create_user", world.http("create_user", command("al"), id="1"))
    assert tap.secrets - {secret}, "and the wire has taught it more"
