"""Each function works without the secrets that it does not use."""

from __future__ import annotations

from tests.system.security.commands import command
from tests.world import READ, SECRET, World


def test_the_page_the_sweep_and_queues_need_no_callers_secret(world: World) -> None:
    """They do their work without one, notifications included; only HTTP callers of a command meet a 500."""
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = ""
    batch = world.kafka(world.envelope("create_user", command("alice"), id="1"))
    assert world.invoke("create_user", batch).body["applied"] == 1
    assert world.invoke("sweep", world.timer()).error is None
    assert world.invoke("claim_credentials", world.visit("GET", "https://im.example.com/claim/x")).status == 404
    assert [event["type"] for _, event in world.receiver.taken] == ["imaccess.user.created"]
    answer = world.invoke("create_user", world.http("create_user", command("bob"), id="2"))
    assert (answer.status, answer.body["code"]) == (500, "misconfigured")


def test_named_secrets_verify_like_others(world: World) -> None:
    """The name of a caller is no part of what it signs with, and several secrets may have one name."""
    other = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    for secrets in (f"hr={SECRET}", f"hr={other} hr={SECRET}", f"{other} ops.eu-1={SECRET}"):
        world.env["IM_ACCESS_WEBHOOK_SECRETS"] = secrets
        event = world.http("create_user", command(f"user-{len(secrets)}", READ), id=secrets[:4] + str(len(secrets)))
        assert world.invoke("create_user", event).status == 201
    world.env["IM_ACCESS_WEBHOOK_SECRETS"] = f"hr={other}"
    assert world.invoke("create_user", world.http("create_user", command("bob"), id="x")).status == 401
