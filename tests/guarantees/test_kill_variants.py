"""Offboards, restores and reissues of users who have more than one of everything, dead or spoiled at each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from local.faults import Fault
from local.journal import Call
from shared.clock import rfc3339
from tests.answers import Answer
from tests.groups import put_into_group
from tests.guarantees.histories import FAULTS, LIMIT_MS, assert_no_blind_repetition
from tests.system.delivery.stories import PAGE, visited
from tests.world import FULL, READ, World

pytestmark = pytest.mark.usefixtures("in_process")

DAY = 86_400.0
HELD = [FULL, READ, "own-policy"]


class Variant(NamedTuple):
    """A function, what it is asked for, what was before, and what must hold once it has answered."""

    function: str
    command: dict[str, Any]
    before: Callable[[World], None]
    check: Callable[[World, dict[str, Any]], None]


def done(world: World, function: str, **command: object) -> Answer:
    """A command that is done, a minute before the next one."""
    answer = world.invoke(function, world.http(function, {"user": "alice", **command}, id=function))
    assert answer.status in (200, 201), answer
    world.clock.advance(60)
    return answer


def rich(world: World) -> None:
    """Presets and a custom policy, a group, two keys, an end that was ordered, credentials that wait on the page."""
    world.env |= {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": PAGE}
    world.add_policies("own-policy")
    done(world, "create_user", policies=HELD, until=rfc3339(world.clock.now() + DAY))
    put_into_group(world.cloud, "alice", FULL)
    world.clock.advance(60)
    done(world, "reissue_credentials", overlap_hours=24)
    assert len(world.end_state("alice").keys) == 2


def handed_out(world: World) -> None:
    """The same, whose credentials somebody has."""
    rich(world)
    url = world.receiver.about("alice")[-1][1]["data"]["credentials"]["url"]
    assert visited(world, "POST", url).status == 303
    world.clock.advance(60)


def gone(world: World) -> None:
    """Somebody who had all that, and left."""
    handed_out(world)
    done(world, "offboard_user")


def plain(world: World) -> None:
    """One policy, one key, a bare link."""
    done(world, "create_user", policies=[READ])


def is_closed(world: World, told: dict[str, Any]) -> None:
    """Both keys are off, and what the group gives is told as left."""
    state = world.end_state("alice")
    assert state.user
    assert not state.user.console_login
    assert [key.status for key in state.keys] == ["Inactive"] * 2
    assert (state.attached, state.files) == ([], {})
    assert (told["keys_disabled"], told["console_login"], told["left"]["groups"]) == (2, "closed", ["staff"])


def is_back(world: World, told: dict[str, Any]) -> None:
    """One new key, what was given now, an end, and a link that leads to the one file."""
    state = world.end_state("alice")
    state.assert_access()
    assert state.attached == [FULL, "own-policy"]
    assert len([key for key in world.cloud.cos.objects.data if key.startswith("untils/")]) == 2
    assert told["until"]


def has_two_keys(world: World, told: dict[str, Any]) -> None:
    """The newest older key works on beside the new one; the oldest is gone."""
    state = world.end_state("alice")
    assert [key.status for key in state.keys] == ["Active"] * 2
    assert (state.row["SecretId"], state.attached) == (state.keys[-1].access_key_id, sorted(HELD))
    assert told["overlap_until"]


def has_a_new_password(world: World, _told: dict[str, Any]) -> None:
    """The key is the old one, and the file has a password alone."""
    state = world.end_state("alice")
    assert state.user
    assert [key.status for key in state.keys] == ["Active"]
    assert state.row["SecretId"] == ""
    assert world.cloud.cam.login(world.cloud.owner_uin, "alice", state.row["Password"])


UNTIL = "2027-01-31T00:00:00Z"
VARIANTS = {
    "offboard-everything": Variant("offboard_user", {}, rich, is_closed),
    "restore-everything": Variant("restore_user", {"policies": [FULL, "own-policy"], "until": UNTIL}, gone, is_back),
    "reissue-beside-two-keys": Variant("reissue_credentials", {"overlap_hours": 2}, handed_out, has_two_keys),
    "reissue-of-the-password": Variant("reissue_credentials", {"api_access": False}, plain, has_a_new_password),
}


def changes(call: Call) -> bool:
    """Whether a call changes anything."""
    return not call.action.startswith(("Get", "Head", "List"))


def met_by(n: int, call: Call) -> list[str | Fault]:
    """What the n-th call meets: a death before or after it, or a fault. Of a read, before and after are the same; and a
    connection without an answer and a gateway's page are one error, of which reads meet one each in turn.
    """
    if changes(call):
        return ["before", "after", *FAULTS]
    unanswered = Fault.DROP_AFTER if n % 2 else Fault.ERROR_AFTER
    return ["after", unanswered, Fault.THROTTLE, Fault.INTERNAL_AFTER, Fault.MALFORMED]


def walk(world: World, variant: Variant, lag: float, met: Callable[[int, Call], list[str | Fault]]) -> None:
    """Let each call of a variant meet each of `met`, by itself: the next deliveries make it right."""
    variant.before(world)
    world.receiver.taken.clear()
    world.cloud.cam.lag = lag
    begin = world.keep()
    order = world.http(variant.function, {"user": "alice", **variant.command}, id="order")
    assert world.invoke(variant.function, order, limit_ms=LIMIT_MS).status == 200
    calls = list(world.calls)
    assert sum(map(changes, calls)) > 8
    for n, call in enumerate(calls, 1):
        for fault in met(n, call):
            begin()
            if isinstance(fault, Fault):
                world.cloud.faults.on(call=n, do=fault)
            else:
                world.kill(call=n, when=fault)
            first = world.invoke(variant.function, order, limit_ms=LIMIT_MS)
            world.clock.advance(LIMIT_MS / 1000 + 5 if first.killed else first.pause)
            answer = world.redeliver_until_answer(variant.function, order, limit_ms=LIMIT_MS)
            world.sweep_outbox()
            assert answer.status == 200, (call, fault, answer)
            variant.check(world, answer.body)
            told = {message_id for message_id, _ in world.end_state("alice").notifications}
            assert len(told) == 1
            assert_no_blind_repetition(world)


@pytest.mark.parametrize("name", VARIANTS)
def test_more_than_one_of_everything_and_a_fault_at_any_call(world: World, name: str) -> None:
    """At each call the process dies, or the call meets each fault there is."""
    walk(world, VARIANTS[name], 0.0, met_by)


@pytest.mark.parametrize("name", VARIANTS)
def test_more_than_one_of_everything_where_reads_lag(world: World, name: str) -> None:
    """CAM shows everything four seconds late, and after a change the process dies, or nobody hears of it."""
    walk(world, VARIANTS[name], 4.0, lambda _, call: ["after", Fault.DROP_AFTER] if changes(call) else [])


@pytest.mark.parametrize("function", ["offboard_user", "restore_user", "reissue_credentials"])
def test_a_protected_user_is_touched_by_none_of_them(world: World, function: str) -> None:
    """Every operation refuses a protected user, and nothing of the user changes."""
    plain(world)
    world.env["IM_ACCESS_PROTECTED_USERS"] = "alice"
    answer = world.invoke(function, world.http(function, {"user": "alice"}, id="order"))
    assert answer.status == 403
    own = [call.action for call in world.calls if call.service == "cam"]
    assert all(action.startswith(("Get", "List", "Describe")) for action in own)
    world.end_state("alice").assert_access()
