"""Stories of HR systems and identity providers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local.faults import Fault
from shared.clock import rfc3339
from tests.system.hr.events import kept, person, woken
from tests.system.people.stories import RULES, bring, event, push
from tests.system.security.commands import BOUNDARY, custom
from tests.world import World


def people(world: World) -> None:
    """A day comes for somebody whom an HR system told of, and new rules for everybody; answers to writes are lost."""
    push(world)
    world.clock.advance(60)
    for prefix in ("people/", "sweep/"):
        told = event(world, f"p{prefix[:2]}", ends_at=rfc3339(world.clock.now() + 600), departments=["Support"])
        bring(world, told)
        world.clock.advance(1000)
        push(world)
        world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        assert world.invoke("sweep", world.timer()).body["people"]["done"] == 1
        world.cloud.faults.clear()


def provisioned(world: World) -> None:
    """An identity provider's people, over SCIM: every verb, lost answers, deaths, and what the sweep does of it."""
    custom(world, BOUNDARY, '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}')
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    places = ("requests/", "open/", "ledger/", "lives/", "credentials/", "deliveries/", "unclaimed/", "deletions/")
    lost = (*places, "offboarded/", "turns/", "outbox/", "claims/", "scim/")
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}

    def ask(method: str, path: str, body: object = None, **query: str) -> dict[str, Any]:
        for prefix in lost:
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        for _ in range(20):
            answer = world.invoke("scim", world.scim(method, path, body, query=query))
            if answer.status != 429:
                break
            world.clock.advance(10)
        world.cloud.faults.clear()
        assert answer.status < 300, answer
        return answer.body

    made = ask("POST", "/Users", {"userName": "sam", "externalId": "1"})["id"]
    group = ask("GET", "/Groups")["Resources"][0]["id"]
    for op in ("add", "remove"):
        world.receiver.down = op == "remove"
        ask("PATCH", f"/Groups/{group}", {"Operations": [{"op": op, "path": "members", "value": [{"value": made}]}]})
    world.receiver.down = False
    ask("GET", "/Users", filter='userName eq "sam"')
    for active in (False, True):
        world.clock.advance(120)
        ask("PATCH", f"/Users/{made}", {"Operations": [{"op": "replace", "value": {"active": active}}]})
        if not active:
            world.clock.advance(900)
            world.cloud.cam.users["sam"] = replace(world.cloud.cam.users["sam"], console_login=True)
            world.clock.advance(60)
            assert world.invoke("sweep", world.timer()).body["by_hand"]["done"] == 1
    other = ask("POST", "/Groups", {"displayName": "friends"})["id"]
    ask("DELETE", f"/Groups/{other}")
    world.clock.advance(120)
    ask("DELETE", f"/Users/{made}")


def provisioned_by_the_dying(world: World) -> None:
    """Creates and a delete of an identity provider die here and there: its repetition finishes them, or the sweep."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://im.example.com/claim"}
    for deaths in (("CreateAccessKey", "CreateAccessKey"), ("Notify",)):
        post = world.scim("POST", "/Users", {"userName": f"sue{len(deaths)}"})
        for action in deaths:
            world.kill(action=action, when="after" if action != "Notify" else "before")
            world.invoke("scim", post)
            world.clock.advance(70)
        assert world.redeliver_until_answer("scim", post).status == 409
    gone = world.invoke("scim", world.scim("POST", "/Users", {"userName": "sol"})).body["id"]
    world.kill(action="PutObject", call=2, when="after")
    world.invoke("scim", world.scim("DELETE", f"/Users/{gone}"))
    for action, call in (("PutObject", 3), ("PutObject", 8), ("AddUser", 1), ("PutObject", 14)):
        world.kill(action=action, call=call, when="after")
        world.invoke("scim", world.scim("POST", "/Users", {"userName": f"sid{call}{action}"}))
        world.clock.advance(70)
        world.cloud.faults.on("PutObject", target="scim/", do=Fault.DROP_AFTER)
        world.invoke("sweep", world.timer())
        world.cloud.faults.clear()
        world.invoke("scim", world.scim("POST", "/Users", {"userName": f"sid{call}{action}"}))
        world.clock.advance(70)


def hr(world: World) -> None:
    """Somebody joins, moves and leaves by events of an HR system; some of it is left to the sweep, or to nobody."""
    ends = rfc3339(world.clock.now() + 30 * 86_400)
    for part in ({"departments": ["Support"], "ends_at": ends}, {"title": "Operator"}, {"status": "left"}):
        world.clock.advance(60)
        told = {"employee": "1", "status": "active", "email": "hr@example.com", **part}
        event = person(world, told, id=str(len(world.history)))
        for prefix in ("inbox/", "people/", "dead-letters/"):
            world.cloud.faults.on("PutObject", target=prefix, do=Fault.DROP_AFTER)
        assert world.invoke("hr_events", event).status == 200
        push(world)
        [key] = kept(world, "inbox/")
        assert woken(world, key).error is None
        world.cloud.faults.clear()
    named = {"employee": "2", "status": "active", "email": "@", "departments": ["Support"]}
    push(world, {**RULES, "user_name": ["{email.local}"]})
    for role in ("hr_events", "sweep"):
        told = person(world, {**named, "employee": role}, id=role)
        world.cloud.faults.on("PutObject", target="dead-letters/", do=Fault.DROP_AFTER)
        world.invoke("hr_events", told)
        [key] = kept(world, "inbox/")
        if role == "sweep":
            world.clock.advance(61)
            assert world.invoke("sweep", world.timer()).body["inbox"]["failed"] == 0
        else:
            woken(world, key)
        assert kept(world, "inbox/") == []
    world.cloud.faults.clear()
    assert world.invoke("hr_events", world.kafka("no JSON")).body["parked"] == 1
