"""Events are stored before anything else: verified, stored once, answered in each system's form; the rest leaves no
trace.
"""

from __future__ import annotations

import json

import pytest

from local.faults import Fault
from local.hr.records import Employee, Push
from local.hr.systems import HrSystems
from tests.system.hr.events import kept, letters, person, post
from tests.unit.event_sources.hr.requests_of import VECTORS
from tests.world import World

WEI = Employee("zhangwei", "张伟", "wei@example.com", "+8613800000000", ("客服",), "Agent")
SYSTEMS = ("feishu", "wecom", "dingtalk", "bamboohr")
REQUIRED = {
    "feishu": ("FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN"),
    "wecom": ("WECOM_TOKEN", "WECOM_AES_KEY", "WECOM_CORP_ID"),
    "dingtalk": ("DINGTALK_TOKEN", "DINGTALK_AES_KEY", "DINGTALK_APP_KEY"),
    "bamboohr": ("BAMBOOHR_KEYS",),
    "person": ("WEBHOOK_SECRETS",),
}


def joined(hr: HrSystems, system: str) -> Push:
    """A joiner's event of a system."""
    return hr.all[system].joined(WEI)


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_event_is_stored_once_and_answered(world: World, hr: HrSystems, system: str) -> None:
    """However often it comes, and in as few calls as it can be: one write."""
    push = joined(hr, system)
    for _ in range(3):
        answer = world.invoke("hr_events", post(system, push))
        assert answer.status == 200, answer
        assert [call.action for call in world.calls] == ["PutObject"]
    [key] = kept(world)
    item = json.loads(world.cloud.cos.objects.data[key].body)
    assert key == f"inbox/{system}-{item['id']}.json"
    assert (item["v"], item["source"]) == (1, system)
    assert hr.asked == []


def test_each_system_is_answered_in_its_own_way(world: World, hr: HrSystems) -> None:
    """DingTalk with the encrypted `success`, WeCom and BambooHR with nothing, Feishu with JSON."""
    texts = {}
    for system in SYSTEMS:
        process = world.process()
        event = post(system, joined(hr, system))
        answer = world.invoke("hr_events", event, process=process)
        texts[system] = answer.text or json.dumps(answer.body)
    assert hr.dingtalk.takes(texts["dingtalk"].encode())
    assert texts["feishu"] == "{}"
    assert texts["wecom"] == texts["bamboohr"] == "{}"


def test_the_address_of_wecom_is_checked(world: World, hr: HrSystems) -> None:
    """The decrypted text and nothing more; a wrong signature is a 401, and other systems know no GET."""
    query, wanted = hr.wecom.check()
    answer = world.invoke("hr_events", post("wecom", Push(b"", query=query), "GET"))
    assert (answer.status, answer.text) == (200, wanted)
    wrong = {**query, "msg_signature": "0" * 40}
    assert world.invoke("hr_events", post("wecom", Push(b"", query=wrong), "GET")).status == 401
    answer = world.invoke("hr_events", post("feishu", Push(b""), "GET"))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    answer = world.invoke("hr_events", post("wecom", Push(b""), "PUT"))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, POST")


def test_the_vendors_vectors_are_taken(world: World) -> None:
    """Byte for byte as they are written down, through the function: what was signed in 2023 is taken in 2026, as
    none of the systems says how long its signatures hold, and an event counts once however late it comes.
    """
    feishu, wecom, dingtalk, bamboohr = (VECTORS[name] for name in SYSTEMS)
    world.env |= {
        "IM_ACCESS_FEISHU_ENCRYPT_KEY": feishu["encrypt_key"],
        "IM_ACCESS_FEISHU_VERIFICATION_TOKEN": "vtoken",
        "IM_ACCESS_WECOM_TOKEN": wecom["token"],
        "IM_ACCESS_WECOM_AES_KEY": wecom["aes_key"],
        "IM_ACCESS_WECOM_CORP_ID": wecom["corp_id"],
        "IM_ACCESS_DINGTALK_TOKEN": dingtalk["token"],
        "IM_ACCESS_DINGTALK_AES_KEY": dingtalk["aes_key"],
        "IM_ACCESS_DINGTALK_APP_KEY": "another-app",
        "IM_ACCESS_DINGTALK_CORP_ID": dingtalk["owner"],
        "IM_ACCESS_BAMBOOHR_KEYS": f"another {bamboohr['private_key']}",
    }
    signed = {"X-Lark-Request-Timestamp": feishu["timestamp"], "X-Lark-Request-Nonce": feishu["nonce"]}
    outer = f"<xml><AgentID>1</AgentID><Encrypt><![CDATA[{wecom['encrypt']}]]></Encrypt></xml>".encode()
    query = {name: wecom[name] for name in ("msg_signature", "timestamp", "nonce")}
    asked = {name: dingtalk[name] for name in ("signature", "timestamp", "nonce")}
    stamp = {"X-BambooHR-Timestamp": bamboohr["timestamp"], "X-BambooHR-Signature": bamboohr["signature"]}
    for source, push in (
        ("feishu", Push(feishu["body"].encode(), signed | {"X-Lark-Signature": feishu["signature"]})),
        ("wecom", Push(outer, {"Content-Type": "text/xml"}, query)),
        ("dingtalk", Push(json.dumps({"encrypt": dingtalk["encrypt"]}).encode(), {}, asked)),
        ("bamboohr", Push(bamboohr["body"].encode(), stamp)),
    ):
        assert world.invoke("hr_events", post(source, push)).status == 200
    stored = [json.loads(world.cloud.cos.objects.data[key].body) for key in kept(world)]
    assert {(one["source"], one["kind"]) for one in stored} == {
        ("feishu", "contact.user.deleted_v3"),
        ("wecom", "delete_user"),
        ("dingtalk", "user_leave_org"),
        ("bamboohr", "employees"),
    }
    challenge = world.invoke("hr_events", post("feishu", Push(feishu["challenge_body"].encode())))
    assert challenge.body == {"challenge": "ajls384kdjx98XX"}
    check = query | {"msg_signature": wecom["echostr_msg_signature"], "echostr": wecom["echostr"]}
    assert world.invoke("hr_events", post("wecom", Push(b"", query=check), "GET")).text == wecom["echostr_plain"]


def test_a_query_that_is_still_encoded_is_read(world: World, hr: HrSystems) -> None:
    """What a platform hands on with percent signs, and a plus sign that has become a space."""
    query, wanted = hr.wecom.check()
    for echo in (query["echostr"].replace("+", "%2B").replace("/", "%2F"), query["echostr"].replace("+", " ")):
        answer = world.invoke("hr_events", post("wecom", Push(b"", query={**query, "echostr": echo}), "GET"))
        assert answer.text == wanted


def test_a_challenge_of_feishu_is_answered(world: World, hr: HrSystems) -> None:
    """Without a store: the address is saved before anything works."""
    told = {"type": "url_verification", "token": hr.feishu.verification_token, "challenge": "c1"}
    answer = world.invoke("hr_events", post("feishu", hr.feishu.push(told)))
    assert (answer.status, answer.body, world.calls) == (200, {"challenge": "c1"}, [])


@pytest.mark.parametrize("source", REQUIRED)
def test_a_source_without_one_of_its_secrets_is_not_there(world: World, hr: HrSystems, source: str) -> None:
    """404, also where it is empty: never an open door."""
    event = person(world, {}) if source == "person" else post(source, joined(hr, source))
    for name in REQUIRED[source]:
        before = world.env[f"IM_ACCESS_{name}"]
        world.env[f"IM_ACCESS_{name}"] = " "
        answer = world.invoke("hr_events", event)
        assert (answer.status, answer.body["code"]) == (404, "source_not_found")
        world.env[f"IM_ACCESS_{name}"] = before
    assert world.invoke("hr_events", post("workday", Push(b"{}"))).status == 404
    assert kept(world) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_cannot_be_verified_leaves_nothing(world: World, hr: HrSystems, system: str) -> None:
    """A request that cannot be verified is answered 401 and makes no call."""
    push = joined(hr, system)
    for wrong in (Push(push.body), Push(push.body[:-3], push.headers, push.query), Push(b"", push.headers, push.query)):
        answer = world.invoke("hr_events", post(system, wrong))
        assert (answer.status, answer.body["code"], world.calls) == (401, "unauthorized", [])
    assert kept(world) == []


@pytest.mark.usefixtures("hr")
@pytest.mark.parametrize("system", [*SYSTEMS, "person"])
def test_a_large_body_is_refused(world: World, system: str) -> None:
    """A body beyond 256 KiB is refused before it is parsed."""
    answer = world.invoke("hr_events", post(system, Push(b" " * (256 * 1024 + 1))))
    assert (answer.status, answer.body["code"]) == (413, "body_too_large")
    assert "256 KiB" in answer.body["detail"]
    assert world.invoke("hr_events", post(system, Push(b" " * 256 * 1024))).status == 401


def test_what_is_verified_and_cannot_be_read_is_a_dead_letter(world: World, hr: HrSystems) -> None:
    """Answered with 200, or it would come again; kept once, without the token that was in it."""
    told = {"schema": "2.0", "header": {"token": hr.feishu.verification_token, "event_id": ""}, "event": {}}
    for event in (
        post("feishu", hr.feishu.push(told)),
        post("feishu", hr.feishu.push(told)),
        post("wecom", hr.wecom.push(b"<!DOCTYPE x><xml/>")),
        post("dingtalk", hr.dingtalk.push({"EventType": "user_add_org"})),
        post("bamboohr", hr.bamboohr.push(b"a=b")),
    ):
        assert world.invoke("hr_events", event).status == 200
    found = letters(world)
    assert [(one["function"], one["retry"]) for one in found] == [("hr_events", False)] * 4
    assert hr.feishu.verification_token not in json.dumps(found)


def test_what_concerns_nobody_is_answered_and_forgotten(world: World, hr: HrSystems) -> None:
    """An event of a type that concerns no person is answered and not stored."""
    for event in (
        post("feishu", hr.feishu.event("contact.department.created_v3", {})),
        post("wecom", hr.wecom.change("create_party", Id="2")),
        post("dingtalk", hr.dingtalk.event("check_url")),
    ):
        assert world.invoke("hr_events", event).status == 200
        assert world.calls == []


def test_own_trouble_is_a_5xx(world: World, hr: HrSystems) -> None:
    """So that the system sends it again: the store throttles or is down, or a setting is wrong."""
    push = joined(hr, "wecom")
    for fault in (Fault.THROTTLE, Fault.INTERNAL_BEFORE):
        world.cloud.faults.on("PutObject", nth=None, do=fault)
        assert world.invoke("hr_events", post("wecom", push)).status == 503
        world.cloud.faults.clear()
    world.env["IM_ACCESS_BUCKET"] = ""
    assert world.invoke("hr_events", post("wecom", push)).status == 500
    assert kept(world) == []


def test_a_person_in_the_common_form_is_taken(world: World) -> None:
    """Signed as a Standard Webhook; what is wrong with it is a 400, and nothing is stored."""
    answer = world.invoke("hr_events", person(world, {"employee": "10023", "status": "active"}))
    assert (answer.status, answer.body["status"]) == (200, "accepted")
    assert answer.body["request_id"].startswith("req_")
    assert len(kept(world)) == 1
    for data, code in (({"employee": "1"}, "invalid_person"), ("x", "invalid_person"), (None, "invalid_event")):
        refused = world.invoke("hr_events", person(world, data, id="2"))
        assert (refused.status, refused.body["code"]) == (400, code)
    refused = world.invoke("hr_events", person(world, {}, id="2", type="imaccess.user.create"))
    assert (refused.status, refused.body["code"]) == (400, "wrong_type")
    assert len(kept(world)) == 1


def envelope(**members: object) -> dict[str, object]:
    """A person's envelope on a queue."""
    told = {"specversion": "1.0", "type": "imaccess.person.changed", "source": "/hr", "id": "1"}
    return {**told, "data": {"employee": "1", "status": "active"}, **members}


def test_a_queue_brings_persons(world: World) -> None:
    """Each is stored once; what is another function's is ignored, what cannot be read is parked once."""
    batch = world.kafka(
        envelope(),
        envelope(),
        envelope(id="2", data={"employee": ""}),
        world.envelope("grant_policy", {}, id="3"),
        {"type": "com.example.other", "data": 1},
        envelope(type="imaccess.person.gone"),
        "no JSON",
        {"employee": "1", "status": "active"},
    )
    counted = {"received": 8, "applied": 1, "replayed": 1, "ignored": 2, "parked": 4}
    assert world.invoke("hr_events", batch).body == counted
    assert world.invoke("hr_events", batch).body == counted | {"applied": 0, "replayed": 2}
    assert len(kept(world, "inbox/")) == 1
    found = {one["code"]: one["owned"] for one in letters(world)}
    assert found == {"invalid_person": True, "unknown_type": False, "malformed_json": False, "no_type": False}


def test_other_functions_ignore_persons(world: World) -> None:
    """Other functions ignore a message that tells of a person."""
    answer = world.invoke("grant_policy", world.kafka(envelope()))
    assert answer.body == {"received": 1, "applied": 0, "replayed": 0, "ignored": 1, "parked": 0}
    assert kept(world) == []


def test_a_queue_whose_store_is_down_brings_them_again(world: World) -> None:
    """CKafka redelivers where the handler raises."""
    world.cloud.faults.on("PutObject", target="inbox/", nth=None, do=Fault.THROTTLE)
    answer = world.invoke("hr_events", world.kafka(envelope()))
    assert type(answer.error).__name__ == "Redeliver"
    assert kept(world) == []
    world.cloud.faults.clear()
    assert world.invoke("hr_events", world.kafka(envelope())).body["applied"] == 1


def test_what_is_no_event_is_refused(world: World) -> None:
    """A timer, an empty object and another trigger's records are refused."""
    assert world.invoke("hr_events", world.timer()).error is not None
    assert world.invoke("hr_events", {}).status == 400
    assert world.invoke("hr_events", {"Records": [{"sns": {}}]}).error is not None
