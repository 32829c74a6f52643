"""The guard: which policies may be given, seen from outside."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from shared.policies.authorization import administers
from shared.policies.catalog import KEPT
from tests.system.security.commands import command, custom
from tests.system.security.guarded import (
    ADMINISTRATION,
    IM_ONLY,
    allow,
    assert_no_trace,
    attempt,
    document,
    existing,
    make_administrator,
    rewrite,
)
from tests.world import FULL, READ, World


@pytest.mark.parametrize("name", ADMINISTRATION)
@pytest.mark.parametrize("function", ["create_user", "grant_policy"])
def test_administration_is_never_given(world: World, function: str, name: str) -> None:
    """Not even from the allow-list and the list of foreign policies; it is refused before any call."""
    allow(world, name)
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = name
    answer = attempt(world, function, READ, name)
    assert (answer.status, answer.body["code"]) == (403, "policy_not_allowed")
    assert name in answer.body["detail"]
    assert not world.calls


def test_administration_can_be_taken_away(world: World) -> None:
    """A revoke only needs the allow-list: what somebody attached by hand comes off."""
    uin = existing(world)
    allow(world, "AdministratorAccess")
    make_administrator(world, uin)
    answer = attempt(world, "revoke_policy", "AdministratorAccess")
    assert (answer.status, answer.body["status"]) == (200, "revoked")
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize("policy_id", [1, 2, 3])
def test_the_ids_of_administration_are_refused_whatever_their_name(world: World, policy_id: int) -> None:
    """CAM says that a harmless name has the id of AdministratorAccess: nothing is attached."""
    uin = existing(world)
    cam = world.cloud.cam
    cam.policies[policy_id] = replace(cam.policies[policy_id], name="QcloudTRTCAccess", document=document(IM_ONLY))
    allow(world, "QcloudTRTCAccess")
    answer = attempt(world, "grant_policy", "QcloudTRTCAccess")
    assert (answer.status, answer.body["code"]) == (403, "policy_not_allowed")
    assert (uin, policy_id) not in cam.attachments


@pytest.mark.parametrize(
    "name", [FULL, READ, "QcloudTRTCFullAccess", "QcloudCATReadOnlyAccess", "QcloudCamReadOnlyAccess"]
)
def test_presets_that_the_allow_list_suffices_for(world: World, name: str) -> None:
    """Those of Instant Messaging and its neighbours, and those that only read."""
    existing(world)
    allow(world, name)
    assert attempt(world, "grant_policy", name).status == 200
    assert name in world.cloud.cam.attached("alice")


@pytest.mark.parametrize("name", ["QcloudSCFFullAccess", "QcloudCOSFullAccess", "QcloudCATFullAccess"])
def test_other_presets_that_write_have_to_be_named(world: World, name: str) -> None:
    """scf: is the code of these very functions; whoever wants to give it names it as an exception."""
    existing(world)
    allow(world, name)
    answer = attempt(world, "grant_policy", name)
    assert (answer.status, answer.body["code"]) == (403, "policy_not_allowed")
    assert "IM_ACCESS_ALLOW_FOREIGN_POLICIES" in answer.body["detail"]
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = name
    assert attempt(world, "grant_policy", name, id="2").status == 200
    assert name in world.cloud.cam.attached("alice")


@pytest.mark.parametrize("name", ["QcloudAccessForIMReadOnlyAccessRole", "ReadOnlyAccess"])
def test_a_preset_that_hands_out_access_is_refused_by_its_document(world: World, name: str) -> None:
    """Its name says nothing, its document says sts:AssumeRole or *:Get*, which is sts:GetFederationToken, too."""
    existing(world)
    allow(world, name)
    for id, foreign in (("1", ""), ("2", name)):
        world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = foreign
        assert attempt(world, "grant_policy", name, id=id).status == 403
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize(
    "statement", [{**IM_ONLY, "action": ["im:*", "cam:*"]}, {**IM_ONLY, "action": ["im:*", "permid/1"]}, {}]
)
@pytest.mark.parametrize("name", [FULL, READ])
def test_the_presets_of_instant_messaging_are_read_too(world: World, name: str, statement: dict[str, Any]) -> None:
    """Tencent may change them: nothing is given at its name alone."""
    rewrite(world, world.cloud.cam.policy_id(name), statement)
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = name
    answer = attempt(world, "create_user", name)
    assert (answer.status, answer.body["code"]) == (403, "policy_not_allowed")
    assert_no_trace(world.cloud)


@pytest.mark.parametrize("function", ["create_user", "grant_policy"])
def test_a_custom_policy_beyond_im_leaves_no_trace(world: World, function: str) -> None:
    """It is read and refused before there is a user or a ledger entry."""
    custom(world, "im-and-more", document(IM_ONLY, {"effect": "allow", "action": "cos:*", "resource": "*"}))
    allow(world, "im-and-more")
    answer = attempt(world, function, READ, "im-and-more")
    assert (answer.status, answer.body["code"]) == (403, "policy_not_allowed")
    assert_no_trace(world.cloud)


def test_a_custom_policy_beyond_im_can_be_allowed_by_name(world: World) -> None:
    """IM_ACCESS_ALLOW_FOREIGN_POLICIES allows a custom policy beyond IM by its name."""
    existing(world)
    custom(world, "im-and-more", document(IM_ONLY, {"effect": "allow", "action": "cos:GetObject", "resource": "*"}))
    allow(world, "im-and-more")
    world.env["IM_ACCESS_ALLOW_FOREIGN_POLICIES"] = "other, im-and-more"
    assert attempt(world, "grant_policy", "im-and-more").status == 200
    assert world.cloud.cam.attached("alice") == [READ, "im-and-more"]


def test_a_custom_policy_for_im_is_given(world: World) -> None:
    """One application of Instant Messaging, as the documentation shows it."""
    existing(world)
    resource = "qcs::im::uin/100000000001:sdkappid/1400000001"
    custom(world, "im-support", document({"effect": "allow", "action": ["name/im:*"], "resource": [resource]}))
    allow(world, "im-support")
    assert attempt(world, "grant_policy", "im-support").status == 200


def test_a_document_that_grew_is_noticed_by_a_warm_instance(world: World) -> None:
    """The document is read for each request; only the id behind a name is remembered."""
    existing(world)
    policy_id = custom(world, "im-support", document(IM_ONLY))
    allow(world, "im-support")
    process = world.process()
    assert (
        world.invoke(
            "grant_policy", world.http("grant_policy", command("alice", "im-support"), id="1"), process=process
        ).status
        == 200
    )
    rewrite(world, policy_id, {**IM_ONLY, "action": "*"})
    answer = world.invoke(
        "grant_policy", world.http("grant_policy", command("alice", "im-support"), id="2"), process=process
    )
    assert answer.status == 403


@pytest.mark.parametrize(("policy", "again"), [(FULL, []), ("im-support", ["GetPolicy"])])
def test_a_policy_is_read_once_in_a_request(world: World, policy: str, again: list[str]) -> None:
    """A custom one in each; Tencent's own once for as long as its id is remembered, as no customer can change them."""
    existing(world)
    custom(world, "im-support", document(IM_ONLY))
    allow(world, "im-support")
    process = world.process()
    for number, expected in enumerate((["GetPolicy"], again, again)):
        event = world.http("grant_policy", command("alice", policy), id=f"{number}")
        assert world.invoke("grant_policy", event, process=process).status == 200
        assert [call.action for call in world.calls if call.action == "GetPolicy"] == expected
    world.clock.advance(KEPT)
    assert world.invoke("grant_policy", world.http("grant_policy", command("alice", policy), id="9"), process=process)
    assert [call.action for call in world.calls if call.action == "GetPolicy"] == ["GetPolicy"]


def test_a_queue_parks_what_the_guard_refuses(world: World) -> None:
    """It can never succeed: parked without retry, and the next message is done."""
    existing(world, "bob")
    allow(world, "AdministratorAccess")
    world.env["IM_ACCESS_PROTECTED_USERS"] = "alice"
    users = (("alice", READ), ("bob", "AdministratorAccess"), ("bob", FULL))
    events = [
        world.envelope("grant_policy", command(user, policy), id=f"{n}") for n, (user, policy) in enumerate(users)
    ]
    assert world.invoke("grant_policy", world.kafka(*events)).body == {
        "received": 3, "applied": 1, "replayed": 0, "ignored": 0, "parked": 2
    }  # fmt: skip
    letters = [json.loads(one.body) for key, one in world.cloud.cos.objects.items() if key.startswith("dead-letters/")]
    assert sorted((one["code"], one["retry"]) for one in letters) == [
        ("policy_not_allowed", False),
        ("user_protected", False),
    ]


def test_a_newer_grant_of_what_is_refused_by_now_is_not_attached_by_an_older_revoke(world: World) -> None:
    """Every executor applies the newest entry; the guard stands in its way too."""
    existing(world)
    policy_id = custom(world, "im-support", document(IM_ONLY))
    allow(world, "im-support")
    event = world.http("grant_policy", command("alice", "im-support"), id="g", time=10)
    world.kill(action="AttachUserPolicy", when="before")
    world.invoke("grant_policy", event)
    rewrite(world, policy_id, {**IM_ONLY, "action": "*"})
    older = world.http("revoke_policy", command("alice", "im-support"), id="r", time=5)
    answer = world.invoke("revoke_policy", older)
    assert (answer.status, answer.body["policies"]) == (200, [{"name": "im-support", "outcome": "superseded"}])
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize(
    "name", [FULL, READ, "QcloudTRTCFullAccess", "im-admin", "finance-team-im", "QcloudCamReadOnlyAccess"]
)
def test_names_that_mean_no_administration(name: str) -> None:
    """Custom policies are judged by their document, whatever they are called."""
    assert not administers(name)
