"""The names of sub-users that identity providers create, and users who are protected or made by hand."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from local.faults import Fault
from tests.system.scim.client import Provider
from tests.world import FULL, READ


def test_a_former_user_name_takes_nobody_over(okta: Provider) -> None:
    """A person who gets another one's former name is created anew, and the other one keeps their sub-user."""
    cam = okta.world.cloud.cam
    first = okta.user("bob")
    okta.done("PUT", f"/Users/{first['id']}", {"userName": "robert", "externalId": "7"})
    assert okta.named("bob") == []
    second = okta.user("bob")
    assert second["id"] != first["id"]
    assert len(cam.users) == 2
    assert [row["id"] for row in okta.named("robert")] == [first["id"]]
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{first['id']}", {"op": "replace", "value": {"active": False}})
    assert {name: user.console_login for name, user in cam.users.items()} == {name: name != "bob" for name in cam.users}


def test_a_user_name_is_given_once(okta: Provider) -> None:
    """A user name is given once, in whatever case, by POST and by PUT; a repeated POST gets the same answer."""
    okta.user("alice", externalId="1")
    bob = okta.user("bob", externalId="2")
    for name in ("alice", "ALICE"):
        answer = okta.ask("POST", "/Users", {"userName": name, "externalId": "3"})
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    for answer in (
        okta.ask("PUT", f"/Users/{bob['id']}", {"userName": "Alice"}),
        okta.ask(
            "PATCH", f"/Users/{bob['id']}", {"Operations": [{"op": "replace", "path": "userName", "value": "alice"}]}
        ),
    ):
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert sorted(okta.world.cloud.cam.users) == ["alice", "bob"]
    assert okta.due() == []


@pytest.mark.parametrize(
    ("name", "readable"),
    [
        ("张伟@example.com", "example.com"),
        ("O'Brien, Pat", "O-Brien-Pat"),
        ("Zoë Müller", "Zoe-Muller"),
        ("x" * 100, "x" * 48),
        ("-", "user"),
    ],
)
def test_names_that_cam_does_not_take(okta: Provider, name: str, readable: str) -> None:
    """The sub-user is called after a readable part and a hash; the userName stays what it is."""
    made = okta.user(name)
    assert made["userName"] == name
    [sub_user] = okta.world.cloud.cam.users
    assert re.fullmatch(rf"{re.escape(readable)}-[0-9a-f]{{8}}", sub_user)
    assert [row["id"] for row in okta.named(name)] == [made["id"]]


def test_users_made_by_hand_are_touched_by_nothing(okta: Provider) -> None:
    """They are in no list, and nobody becomes one of them: whoever has the name gets another one in CAM."""
    world = okta.world
    world.add_user("alice", FULL)
    world.add_user("root")
    world.env["IM_ACCESS_PROTECTED_USERS"] = "root"
    before = {name: (user.uin, user.console_login) for name, user in world.cloud.cam.users.items()}
    assert okta.done("GET", "/Users")["totalResults"] == 0
    for name in ("alice", "root"):
        made = okta.user(name)
        okta.members(READ, "add", made["id"])
        world.clock.advance(120)
        okta.done("DELETE", f"/Users/{made['id']}")
    assert {
        name: (user.uin, user.console_login) for name, user in world.cloud.cam.users.items()
    }.items() >= before.items()
    assert world.cloud.cam.attached("alice") == [FULL]


@pytest.mark.parametrize("entry", ["ALICE", "the UIN"])
def test_who_is_protected_later_is_gone_from_every_list(okta: Provider, entry: str) -> None:
    """By its name in CAM or its UIN, whatever it is called by now: nothing is done to it any more, also by no group."""
    cam = okta.world.cloud.cam
    made, bob = okta.user("alice", externalId="1"), okta.user("bob")["id"]
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "path": "userName", "value": "alicia"})
    okta.members(READ, "add", made["id"], bob)
    okta.world.env["IM_ACCESS_PROTECTED_USERS"] = str(cam.users["alice"].uin) if entry == "the UIN" else entry
    assert [row["id"] for row in okta.done("GET", "/Users")["Resources"]] == [bob]
    assert okta.done("GET", "/Users")["totalResults"] == 1
    for text in ('userName eq "alicia"', 'externalId eq "1"', f'id eq "{made["id"]}"'):
        assert okta.done("GET", "/Users", filter=text)["totalResults"] == 0, text
    for method, body in (("GET", None), ("DELETE", None), ("PUT", {"userName": "alice", "active": False})):
        assert okta.ask(method, f"/Users/{made['id']}", body).status == 404
    group = okta.group(READ)
    assert [row["value"] for row in group["members"]] == [bob]
    okta.done("PUT", f"/Groups/{group['id']}", {"displayName": READ, "members": []})
    okta.members(FULL, "add", made["id"])
    assert (cam.attached("alice"), cam.attached("bob")) == ([READ], [])
    assert cam.users["alice"].console_login
    assert okta.due() == []
    del okta.world.env["IM_ACCESS_PROTECTED_USERS"]
    okta.world.clock.advance(120)
    assert [row["value"] for row in okta.group(READ)["members"]] == [made["id"]]
    assert "members" not in okta.group(FULL)


@pytest.mark.parametrize("change", ["off", "add", "remove"])
def test_a_change_of_somebody_who_is_protected_meanwhile_is_over(okta: Provider, change: str) -> None:
    """What was begun before touches nobody after it: it is neither done nor tried for a week."""
    made = okta.user("alice")
    okta.members(READ, "add", made["id"])
    okta.world.clock.advance(120)
    body: dict[str, object] = {"op": change, "path": "members", "value": [{"value": made["id"]}]}
    path = f"/Groups/{okta.group(FULL if change == 'add' else READ)['id']}"
    if change == "off":
        path, body = f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}}
    for action in ("UpdateAccessKey", "AttachUserPolicy", "DetachUserPolicy"):
        okta.world.cloud.faults.on(action, nth=None, do=Fault.THROTTLE)
    assert okta.ask("PATCH", path, {"Operations": [body]}).status == 429
    okta.world.cloud.faults.clear()
    okta.world.env["IM_ACCESS_PROTECTED_USERS"] = "alice"
    okta.world.cloud.cos.objects.data = {
        key: row for key, row in okta.world.cloud.cos.objects.items() if not key.startswith("open/")
    }
    assert okta.sweep() == {"done": 1, "failed": 0, "left": 0}
    assert okta.due() == []
    assert okta.world.cloud.cam.users["alice"].console_login
    assert okta.world.cloud.cam.attached("alice") == [READ]


def test_a_protected_name_is_nobody_s(okta: Provider) -> None:
    """Who is posted inactive under it is shown all the same, and gets another name in CAM when it comes to that."""
    before = okta.user("zoe", active=False)
    okta.world.env["IM_ACCESS_PROTECTED_USERS"] = "root, zoe"
    after = okta.user("root", active=False)
    for name, made in (("ZOE", before), ("root", after)):
        assert [row["id"] for row in okta.named(name)] == [made["id"]]
        okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert len(okta.world.cloud.cam.users) == 2
    assert not {"root", "zoe"} & okta.world.cloud.cam.users.keys()
    assert len([key for key in okta.world.cloud.cos.objects if key.startswith(f"scim/users/{after['id']}/")]) == 3


def test_who_got_the_name_of_a_deleted_sub_user_is_somebody_else(okta: Provider) -> None:
    """A user made by hand under it is neither closed nor opened nor given anything; the person gets another one."""
    cam = okta.world.cloud.cam
    alice = okta.user("alice")["id"]
    okta.world.clock.advance(120)
    for key in cam.keys_of("alice"):
        del cam.keys[key.access_key_id]
    del cam.users["alice"]
    okta.world.add_user("alice")
    cam.users["alice"] = replace(cam.users["alice"], console_login=True)
    okta.members(READ, "add", alice)
    assert cam.attached("alice") == []
    okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": False}})
    assert cam.users["alice"].console_login
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": True}})
    [other] = cam.users.keys() - {"alice"}
    assert (cam.attached("alice"), cam.attached(other)) == ([], [READ])
    okta.done("DELETE", f"/Users/{alice}")
    okta.sweep()
    assert cam.users["alice"].console_login
    assert okta.due() == []
