"""People at an identity provider, and what becomes of their sub-users."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from local.faults import Fault
from tests.events import OTHER_TOKEN
from tests.system.scim.client import Provider
from tests.world import FULL, READ, World


@pytest.fixture
def okta(world: World) -> Provider:
    """A client with a name."""
    world.reset()
    return Provider(world)


def test_a_user_appears_joins_a_group_leaves_and_comes_back(okta: Provider) -> None:
    """The whole story, with what CAM has at each of its steps; nothing is left to be done at its end."""
    cam = okta.world.cloud.cam
    made = okta.user("alice", externalId="00u1", name={"givenName": "Alice"}, emails=[{"value": "a@x.example"}])
    assert made["userName"] == "alice"
    assert made["active"] is True
    assert made["meta"]["location"] == f"https://im.example.com/scim/v2/Users/{made['id']}"
    assert cam.users["alice"].console_login
    [key] = cam.keys_of("alice")
    assert cam.attached("alice") == []
    [told] = [row for row in okta.world.receiver.about("alice") if row[1]["type"] == "imaccess.user.created"]
    assert told[1]["data"]["credentials"]["url"]

    okta.members(READ, "add", made["id"])
    assert cam.attached("alice") == [READ]
    okta.world.clock.advance(120)

    after = okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    assert after["active"] is False
    assert (cam.attached("alice"), cam.users["alice"].console_login) == ([], False)
    assert [key.status for key in cam.keys_of("alice")] == ["Inactive"]
    assert [row["value"] for row in okta.group(READ)["members"]] == [made["id"]]
    assert not [name for name in okta.world.cloud.cos.objects.data if name.startswith("deletions/")]

    okta.world.clock.advance(120)
    after = okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert after["active"] is True
    assert (cam.attached("alice"), cam.users["alice"].console_login) == ([READ], True)
    assert [one.status for one in cam.keys_of("alice")] == ["Active"]
    assert key.access_key_id not in [one.access_key_id for one in cam.keys_of("alice")]

    okta.world.clock.advance(120)
    assert okta.ask("DELETE", f"/Users/{made['id']}").status == 204
    assert cam.attached("alice") == []
    assert okta.ask("GET", f"/Users/{made['id']}").status == 404
    assert okta.ask("DELETE", f"/Users/{made['id']}").status == 404
    assert okta.named("alice") == []
    assert "members" not in okta.group(READ)
    assert [name for name in okta.world.cloud.cos.objects.data if name.startswith("deletions/")]
    assert okta.due() == []
    assert okta.world.denied() == []


def test_who_is_posted_again_is_restored(okta: Provider) -> None:
    """Within the grace the same externalId is the same person: its id and its sub-user stay; its groups do not."""
    cam = okta.world.cloud.cam
    made = okta.user("alice", externalId="00u1")
    uin = cam.users["alice"].uin
    okta.members(READ, "add", made["id"])
    okta.world.clock.advance(120)
    okta.done("DELETE", f"/Users/{made['id']}")
    okta.world.clock.advance(120)
    other = Provider(okta.world, OTHER_TOKEN)
    again = okta.user("Alice.New", externalId="00u1")
    assert again["id"] == made["id"]
    assert (cam.users["alice"].uin, cam.users["alice"].console_login, cam.attached("alice")) == (uin, True, [])
    assert [row["id"] for row in okta.named("alice.NEW")] == [made["id"]]
    assert okta.named("alice") == []
    assert "members" not in okta.group(READ)
    assert "externalId" not in other.done("GET", f"/Users/{made['id']}")


def test_another_client_s_external_id_restores_nobody(okta: Provider) -> None:
    """It belongs to the token's name; the userName is free, and its new bearer is another sub-user."""
    cam = okta.world.cloud.cam
    made = okta.user("alice", externalId="00u1")
    okta.world.clock.advance(120)
    okta.done("DELETE", f"/Users/{made['id']}")
    okta.world.clock.advance(120)
    again = Provider(okta.world, OTHER_TOKEN).user("alice", externalId="00u1")
    assert again["id"] != made["id"]
    names = sorted(cam.users)
    assert names[0] == "alice"
    assert not cam.users["alice"].console_login
    assert names[1].startswith("alice-")
    assert cam.users[names[1]].console_login
    assert okta.done("GET", "/Users", filter='externalId eq "00u1"')["totalResults"] == 0


def test_a_former_user_name_takes_nobody_over(okta: Provider) -> None:
    """Somebody who gets the name that another one had is made anew; the other keeps its sub-user."""
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
    """In whichever case, at POST and at PUT; a POST that comes again is answered the same."""
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


def test_a_put_without_active_keeps_the_state(okta: Provider) -> None:
    """Somebody who is inactive is not opened by a change of the title."""
    made = okta.user("alice", externalId="1", title="Agent")
    okta.world.clock.advance(120)
    okta.done("PUT", f"/Users/{made['id']}", {"userName": "alice", "active": False})
    after = okta.done("PUT", f"/Users/{made['id']}", {"userName": "alice", "nickName": "Al"})
    assert (after["active"], after["nickName"], "title" in after) == (False, "Al", False)
    assert after["externalId"] == "1"
    assert not okta.world.cloud.cam.users["alice"].console_login


def test_who_is_posted_inactive_gets_a_sub_user_when_active(okta: Provider) -> None:
    """A user who is posted inactive gets a sub-user only once it is made active."""
    made = okta.user("alice", active=False)
    assert okta.world.cloud.cam.users == {}
    okta.done("PATCH", f"/Users/{made['id']}", {"Operations": [{"op": "Replace", "path": "active", "value": "True"}]})
    assert list(okta.world.cloud.cam.users) == ["alice"]
    assert okta.due() == []


def test_everybody_s_policies(okta: Provider) -> None:
    """IM_ACCESS_SCIM_POLICIES are there from the beginning and come back; no group takes them away."""
    okta.world.env["IM_ACCESS_SCIM_POLICIES"] = READ
    made = okta.user("alice", externalId="1")
    cam = okta.world.cloud.cam
    assert cam.attached("alice") == [READ]
    okta.members(READ, "add", made["id"])
    okta.members(READ, "remove", made["id"])
    assert cam.attached("alice") == [READ]
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": False}})
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{made['id']}", {"op": "replace", "value": {"active": True}})
    assert cam.attached("alice") == [READ]
    okta.world.clock.advance(120)
    okta.done("DELETE", f"/Users/{made['id']}")
    okta.world.clock.advance(120)
    okta.user("alice", externalId="1")
    assert cam.attached("alice") == [READ]


def test_a_sub_user_that_somebody_deleted_can_still_be_deleted(okta: Provider) -> None:
    """What is not there needs no closing; whoever is opened again after that is made anew, with its id."""
    cam = okta.world.cloud.cam
    made, other = okta.user("alice"), okta.user("bob")
    okta.world.clock.advance(120)
    for name in ("alice", "bob"):
        for key in cam.keys_of(name):
            del cam.keys[key.access_key_id]
        del cam.users[name]
    assert okta.ask("DELETE", f"/Users/{made['id']}").status == 204
    okta.patch(f"/Users/{other['id']}", {"op": "replace", "value": {"active": False}})
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{other['id']}", {"op": "replace", "value": {"active": True}})
    assert list(cam.users) == ["bob"]
    assert okta.due() == []


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


def test_the_history_names_the_client(okta: Provider) -> None:
    """Each command is kept with the token's name as its caller."""
    made = okta.user("alice")
    okta.members(READ, "add", made["id"])
    data = okta.world.cloud.cos.objects.data
    leases = [key for key in data if key.endswith("-lease.json")]
    assert len(leases) == 2
    assert all(b'"caller":"okta"' in data[key].body for key in leases)
