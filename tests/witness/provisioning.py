"""Requests of an identity provider, and what the emulator's state must be afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.witness.account import FULL, READ
from tests.witness.driver import Answer, Driver, Json
from tests.witness.faults import Fault, Plan
from tests.witness.lives import closed, current
from tests.witness.options import Options

ENTERPRISE = "urn:ietf:params:scim:schemas:core:2.0:User"
LIMIT_MS = 10_000


class Change(NamedTuple):
    """A request: what comes before it, which says how it is asked; what CAM has once it is done; what a repetition may
    be answered.
    """

    name: str
    prepare: Callable[[Driver], Json]
    holds: Callable[[Driver], None]
    again: tuple[int, ...] = (200,)

    def begin(self, driver: Driver, options: Options) -> Json:
        """A cloud in which no more has happened than what comes before; the event."""
        driver.emulator.reset(options)
        event = self.prepare(driver)
        driver.clock.advance(120)
        return event

    def calls(self, driver: Driver, options: Options) -> int:
        """How many remote calls it makes where nothing goes wrong."""
        event = self.begin(driver, options)
        before = len(driver.emulator.journal.calls)
        assert not driver.run("scim", event, limit_ms=LIMIT_MS).killed
        return len(driver.emulator.journal.calls) - before

    def die(self, driver: Driver, event: Json, nth: int) -> None:
        """A request whose process is killed after the n-th call has taken effect, and before its answer."""
        with driver.instance() as victim:
            driver.emulator.plan(Plan(Fault.CUT_AFTER, nth, then=victim.kill))
            assert driver.run("scim", event, victim, limit_ms=LIMIT_MS).killed


def done(driver: Driver, event: Json) -> Answer:
    """Ask until it is neither throttled nor in progress."""
    answer = driver.until_final("scim", event, limit_ms=LIMIT_MS)
    assert answer.status < 500, answer
    return answer


def found(driver: Driver, kind: str, query: str) -> list[dict[str, Any]]:
    """Resources by a filter."""
    resources: list[dict[str, Any]] = done(driver, driver.scim("GET", f"/{kind}", None, {"filter": query})).body[
        "Resources"
    ]
    return resources


def post(driver: Driver) -> Json:
    """A new user."""
    user = {"schemas": [ENTERPRISE], "userName": "alice", "externalId": "1", "active": True}
    return driver.scim("POST", "/Users", user)


def _made(driver: Driver) -> str:
    assert done(driver, post(driver)).status == 201
    driver.clock.advance(60)
    id_: str = found(driver, "Users", 'userName eq "alice"')[0]["id"]
    return id_


def _patch(driver: Driver, path: str, operation: Json) -> Json:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    return driver.scim("PATCH", path, body)


def _group(driver: Driver, policy: str, op: str, user: str) -> Json:
    (group,) = found(driver, "Groups", f'displayName eq "{policy}"')
    operation = {"op": op, "path": "members", "value": [{"value": user}]}
    return _patch(driver, f"/Groups/{group['id']}", operation)


def _member(driver: Driver) -> str:
    user = _made(driver)
    assert done(driver, _group(driver, READ, "add", user)).status in (200, 204)
    driver.clock.advance(60)
    return user


def _active(driver: Driver, user: str, active: bool) -> Json:
    return _patch(driver, f"/Users/{user}", {"op": "replace", "value": {"active": active}})


def join(driver: Driver) -> Json:
    """She is put into a group."""
    return _group(driver, READ, "add", _made(driver))


def leave(driver: Driver) -> Json:
    """She is taken out of it."""
    return _group(driver, READ, "remove", _member(driver))


def off(driver: Driver) -> Json:
    """She is switched off."""
    return _active(driver, _member(driver), active=False)


def on(driver: Driver) -> Json:
    """She is switched on again."""
    user = _member(driver)
    assert done(driver, _active(driver, user, active=False)).status == 200
    driver.clock.advance(60)
    return _active(driver, user, active=True)


def delete(driver: Driver) -> Json:
    """She is deleted."""
    return driver.scim("DELETE", f"/Users/{_member(driver)}")


def is_made(driver: Driver, *policies: str) -> None:
    """One user with one set of credentials, and these policies."""
    (person,) = driver.emulator.account.people.values()
    assert driver.emulator.account.made == 1
    current(driver, person, {})
    assert driver.emulator.account.policies_of("alice") == sorted(policies)
    assert len(found(driver, "Users", 'userName eq "alice"')) == 1


def is_member(driver: Driver) -> None:
    """The same, with what the group gives."""
    is_made(driver, READ)
    (group,) = found(driver, "Groups", f'displayName eq "{READ}"')
    assert len(group["members"]) == 1
    assert not found(driver, "Groups", f'displayName eq "{FULL}"')[0].get("members")


def is_closed(driver: Driver) -> None:
    """Nothing works, and she is known to be off."""
    closed(driver, driver.emulator.account.people["alice"])
    assert [user["active"] for user in found(driver, "Users", 'userName eq "alice"')] == [False]


def is_gone(driver: Driver) -> None:
    """Nothing works, and she is no resource any more."""
    closed(driver, driver.emulator.account.people["alice"])
    assert not found(driver, "Users", 'userName eq "alice"')


CHANGES = (
    Change("post", post, is_made, (201, 409)),
    Change("join", join, is_member, (200, 204)),
    Change("leave", leave, is_made, (200, 204)),
    Change("off", off, is_closed),
    Change("on", on, is_member),
    Change("delete", delete, is_gone, (204, 404)),
)
