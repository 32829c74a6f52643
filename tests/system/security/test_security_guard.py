"""The guard: which policies may be given and which users touched, seen from outside."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from local.cloud import LocalCloud
from shared.operations import OPERATIONS
from shared.policies.authorization import administers
from shared.policies.catalog import KEPT
from tests.system.security.commands import BOUNDARY, asked, command, custom
from tests.world import FULL, READ, Answer, World

IM_ONLY = {"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}
ADMINISTRATION = (
    "AdministratorAccess",
    "QCloudResourceFullAccess",
    "QCloudFinanceFullAccess",
    "QcloudCamFullAccess",
    "QcloudCamSubaccountsAuthorizeRoleFullAccess",
    "QcloudCollApiKeyManageAccess",
    "QcloudOrganizationFullAccess",
    "QcloudBillingFullAccess",
)


def allow(world: World, *names: str) -> None:
    """Put names on the allow-list beside the two presets."""
    world.env["IM_ACCESS_POLICIES"] = ",".join((FULL, READ, *names))


def document(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"version": "2.0", "statement": list(statements)})


def attempt(world: World, function: str, *policies: str, user: str = "alice", id: str = "1") -> Answer:
    """One command."""
    return world.invoke(function, world.http(function, command(user, *policies), id=id))


def existing(world: World, user: str = "alice") -> int:
    """A user that somebody has made by hand; its uin."""
    assert attempt(world, "create_user", READ, user=user, id=f"made {user}").status == 201
    return world.cloud.cam.users[user].uin


def make_administrator(world: World, uin: int) -> None:
    """Somebody attaches AdministratorAccess by hand."""
    attachments = world.cloud.cam.attachments
    attachments[uin, 1] = replace(attachments[uin, world.cloud.cam.policy_id(READ)], policy_id=1)


def rewrite(world: World, policy_id: int, *statements: dict[str, Any]) -> None:
    """Somebody changes a policy's document."""
    policies = world.cloud.cam.policies
    policies[policy_id] = replace(policies[policy_id], document=document(*statements))


def assert_no_trace(cloud: LocalCloud) -> None:
    """No user, and nothing in the ledger: the ordering knows nothing of a refused request."""
    assert not cloud.cam.users
    assert not [key for key in cloud.cos.objects if key.startswith(("ledger/", "credentials/"))]


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


@pytest.mark.parametrize("function", OPERATIONS)
@pytest.mark.parametrize("protected", ["alice", "ALICE", "bob, Alice"])
def test_a_protected_name_is_never_touched(world: World, function: str, protected: str) -> None:
    """A command for a protected name is refused before any call, in upper and lower case."""
    world.env["IM_ACCESS_PROTECTED_USERS"] = protected
    answer = world.invoke(function, world.http(function, asked(function, "alice"), id="1"))
    assert (answer.status, answer.body["code"]) == (403, "user_protected")
    assert not world.calls


@pytest.mark.parametrize("function", ["grant_policy", "revoke_policy"])
def test_a_protected_uin_is_never_touched(world: World, function: str) -> None:
    """The user's name does not tell: it is refused as soon as its UIN is known, and nothing is recorded."""
    world.env["IM_ACCESS_PROTECTED_USERS"] = str(existing(world))
    before = set(world.cloud.cos.objects)
    answer = attempt(world, function, READ)
    assert (answer.status, answer.body["code"]) == (403, "user_protected")
    assert not [key for key in set(world.cloud.cos.objects) - before if key.startswith("ledger/")]
    assert world.cloud.cam.attached("alice") == [READ]


@pytest.mark.parametrize("known", ["IM_ACCESS_OWNER_UIN", "TENCENTCLOUD_UIN"])
def test_the_main_account_is_never_touched(world: World, known: str) -> None:
    """Neither under its UIN as a name, nor where CAM answers with it."""
    existing(world)
    world.cloud.cam.users["alice"] = replace(world.cloud.cam.users["alice"], uin=int(world.cloud.owner_uin))
    world.env[known] = world.cloud.owner_uin
    for user in ("alice", world.cloud.owner_uin):
        answer = attempt(world, "grant_policy", READ, user=user)
        assert (answer.status, answer.body["code"]) == (403, "user_protected")


def test_the_functions_own_user_is_never_touched(world: World) -> None:
    """With permanent keys the function is a user itself; STS says which, once for an instance."""
    uin = existing(world, "robot")
    existing(world)
    key = world.cloud.cam.keys_of("robot")[0]
    make_administrator(world, uin)
    world.env |= {
        "TENCENTCLOUD_SECRETID": key.access_key_id,
        "TENCENTCLOUD_SECRETKEY": key.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": "",
    }
    process = world.process()
    for number, (user, status) in enumerate((("robot", 403), ("alice", 200), ("robot", 403))):
        event = world.http("grant_policy", command(user, FULL), id=f"own {number}")
        assert world.invoke("grant_policy", event, process=process).status == status
    assert [call.action for call in world.cloud.journal if call.principal == "user/robot"].count(
        "GetCallerIdentity"
    ) == 1
    assert world.cloud.cam.attached("robot") == ["AdministratorAccess", READ]


def test_a_role_asks_nobody_who_it_is(world: World) -> None:
    """With a session token there is no user that the function could be: STS is not asked."""
    existing(world)
    assert attempt(world, "grant_policy", FULL).status == 200
    assert "GetCallerIdentity" not in [call.action for call in world.calls]


def test_a_boundary_is_set_before_anything_is_attached(world: World) -> None:
    """PutUserPermissionsBoundary comes right after AddUser."""
    custom(world, BOUNDARY, document(IM_ONLY))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    uin = existing(world)
    actions = [call.action for call in world.calls if call.service == "cam"]
    assert actions[actions.index("AddUser") + 1] == "PutUserPermissionsBoundary"
    assert world.cloud.cam.boundaries[uin] == world.cloud.cam.policy_id(BOUNDARY)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_boundary_survives_a_crash(world: World, when: str) -> None:
    """The attempt that takes over sets it, before it attaches."""
    custom(world, BOUNDARY, document(IM_ONLY))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    event = world.http("create_user", command("alice"), id="1")
    world.kill(action="PutUserPermissionsBoundary", when=when)
    world.invoke("create_user", event)
    assert not world.cloud.cam.attached("alice")
    assert world.redeliver_until_answer("create_user", event).status == 201
    assert world.cloud.cam.boundaries[world.cloud.cam.users["alice"].uin] == world.cloud.cam.policy_id(BOUNDARY)


def test_a_missing_boundary_stops_a_create_before_there_is_a_user(world: World) -> None:
    """policy_missing, as for any policy that the settings name and CAM does not have."""
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    answer = attempt(world, "create_user", READ)
    assert (answer.status, answer.body["code"]) == (500, "policy_missing")
    assert_no_trace(world.cloud)


@pytest.mark.parametrize(
    "statement",
    [
        {**IM_ONLY, "action": "*"},
        {**IM_ONLY, "action": ["name/im:*", "name/cam:PassRole"]},
        {**IM_ONLY, "action": "*:Get*"},
        {**IM_ONLY, "action": ["im:*", "permid/1"]},
        {"effect": "allow", "notAction": "cam:*", "resource": "*"},
    ],
)
def test_a_boundary_with_administration_is_none(world: World, statement: dict[str, Any]) -> None:
    """The operator's mistake, found before there is a user: 500 over HTTP, and nothing is taken off a queue."""
    custom(world, BOUNDARY, document(IM_ONLY, statement))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    answer = attempt(world, "create_user", READ)
    assert (answer.status, answer.body["code"]) == (500, "misconfigured")
    assert answer.body["detail"].startswith("IM_ACCESS_BOUNDARY_POLICY ")
    assert world.invoke("create_user", world.kafka(world.envelope("create_user", command("bob"), id="2"))).error
    assert_no_trace(world.cloud)


@pytest.mark.parametrize("name", ["AdministratorAccess", "QCloudResourceFullAccess", "QcloudCamFullAccess"])
def test_a_preset_of_administration_is_no_boundary(world: World, name: str) -> None:
    """A preset policy of administration is refused as a boundary, as it would bound nothing."""
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = name
    assert attempt(world, "create_user", READ).body["code"] == "misconfigured"
    assert_no_trace(world.cloud)


def test_a_boundary_may_leave_room_for_other_products(world: World) -> None:
    """It says what people can do at most, and is given to nobody."""
    custom(world, BOUNDARY, document(IM_ONLY, {**IM_ONLY, "action": ["cos:*", "cam:Get*"]}))
    world.env["IM_ACCESS_BOUNDARY_POLICY"] = BOUNDARY
    assert attempt(world, "create_user", READ).status == 201


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
