"""No key, secret or token of an HR system is in an object, a log or an answer, whatever the system answers."""

from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from local.hr.records import Employee, Push
from local.hr.systems import HrSystems, System
from shared.tencent.http import Answer as HttpAnswer
from shared.tencent.http import Call
from tests.system.hr.events import kept, post, running, woken
from tests.system.people.stories import push as push_rules
from tests.system.security.wiretap import (
    Lie,
    Wiretap,
    answer,
    broken_line,
    echo,
    html_500,
    malformed,
    timed_out,
    unforeseen,
)
from tests.world import World

WEI = Employee("7", "张伟", "wei@example.com", "+8613800000000", ("客服",), "Agent")
NO_SECRETS = ("_ENDPOINT", "_COMPANY", "_CORP_ID", "_APP_ID", "_APP_KEY")


@pytest.fixture(scope="module")
def started() -> Any:  # noqa: ANN401 - a generator
    """The systems of these tests."""
    with running() as systems:
        yield systems


@pytest.fixture
def hr(started: HrSystems, world: World, tap: Wiretap) -> HrSystems:
    """Connected, with one employee; the tap knows what is secret of them."""
    settings = started.settings()
    world.env |= settings
    tap.secrets |= {value for name, value in settings.items() if not name.endswith(NO_SECRETS)}
    basic = f"{started.bamboohr.api_key}:x"
    tap.secrets |= {basic, base64.b64encode(basic.encode()).decode()}
    for system in started.all.values():
        system.records.employees = {"7": WEI}
    push_rules(world)
    world.clock.advance(60)
    return started


def learned(hr: HrSystems, tap: Wiretap) -> None:
    """Every access token that was given out is secret, too."""
    tap.secrets |= {token for system in hr.all.values() for token in system.records.tokens}


def verified_but_unreadable(hr: HrSystems, system: System) -> Push:
    """An event that is a dead letter with its text, of Feishu with the Verification Token in it."""
    if system is hr.wecom:
        return hr.wecom.push(b"<!DOCTYPE x><xml/>")
    if system is hr.dingtalk:
        return hr.dingtalk.push({"EventType": "user_add_org"})
    if system is hr.bamboohr:
        return hr.bamboohr.push(b"no JSON")
    header = {"token": hr.feishu.verification_token, "event_type": ""}
    return hr.feishu.push({"schema": "2.0", "header": header, "event": {"echo": hr.feishu.verification_token}})


@pytest.mark.parametrize("name", ["feishu", "wecom", "dingtalk", "bamboohr"])
def test_a_life_tells_no_secret(world: World, tap: Wiretap, hr: HrSystems, name: str) -> None:
    """Joined, moved and gone by the real commands; and what is refused, unreadable, or cannot be looked up."""
    system = hr.all[name]
    moved = dataclasses.replace(WEI, title="Operator")
    pushes = [system.joined(WEI), system.changed(moved, WEI), verified_but_unreadable(hr, system), system.left(moved)]
    pushes.insert(1, dataclasses.replace(pushes[0], body=pushes[0].body[:-2]))
    for push in pushes:
        if push is pushes[-1]:
            system.records.employees["7"] = dataclasses.replace(WEI, state="left")
        tap.take(world.invoke("hr_events", post(name, push)))
        for key in kept(world, "inbox/"):
            tap.take(woken(world, key))
        world.clock.advance(60)
    if name == "wecom":
        tap.take(world.invoke("hr_events", post(name, Push(b"", query=hr.wecom.check()[0]), "GET")))
    hr.down.add(name)
    tap.take(world.invoke("hr_events", post(name, system.changed(dataclasses.replace(WEI, title="x"), WEI))))
    world.clock.advance(3600)
    tap.take(world.invoke("sweep", world.timer()))
    hr.down.clear()
    learned(hr, tap)
    told = {body["type"] for _, body in world.receiver.taken}
    assert {"imaccess.user.created", "imaccess.user.offboarded"} <= told, "somebody has joined, and left"


def vendor_error(call: Call) -> HttpAnswer:
    """An error whose texts repeat the request."""
    texts = dict.fromkeys(("errmsg", "msg", "message", "error_description", "requestid"), echo(call))
    return answer(200, "application/json", json.dumps({"errcode": 9, "code": 9, **texts}))


def refusal(call: Call) -> HttpAnswer:
    """The same with a status that says so."""
    return vendor_error(call)._replace(status=403)


def secret_as_code(call: Call) -> HttpAnswer:
    """An error whose code is the secret of the request."""
    query = parse_qs(urlsplit(call.url).query)
    found = query.get("access_token") or query.get("corpsecret") or list(json.loads(call.body or b"{}").values())[-1:]
    code = found[0] if found else str(call.headers.get("Authorization", "")).rpartition(" ")[2]
    return answer(400, "application/json", json.dumps({"errcode": code, "code": code, "sub_code": code}))


LIES: tuple[Lie, ...] = (
    vendor_error, refusal, secret_as_code, html_500, malformed, broken_line, timed_out, unforeseen,
)  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_nothing_leaks_whatever_a_system_answers(world: World, tap: Wiretap, hr: HrSystems, lie: Lie) -> None:
    """The calls that look somebody up, from each one on, are answered with themselves: a page, a code, an exception."""
    tap.lie, tap.lie_to = lie, hr.url
    for name, calls in (("feishu", 2), ("wecom", 3), ("dingtalk", 3), ("bamboohr", 1)):
        for call in range(1, calls + 1):
            tap.met, tap.lie_at = 0, call
            before, moved = tap.lied, dataclasses.replace(WEI, title=f"{name} {call}")
            tap.take(world.invoke("hr_events", post(name, hr.all[name].changed(moved, WEI))))
            for key in kept(world, "inbox/"):
                tap.take(woken(world, key))
                world.cloud.cos.objects.data.pop(key, None)
            assert tap.lied > before, (name, call)
    tap.lie = None
    learned(hr, tap)
