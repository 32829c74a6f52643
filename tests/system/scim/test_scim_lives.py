"""People at an identity provider, and what becomes of their sub-users."""

from __future__ import annotations

from tests.events import OTHER_TOKEN
from tests.system.scim.client import Provider
from tests.world import READ


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
    """Within the grace the same externalId means the same person: the id and the sub-user stay, the groups do not."""
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
    """An externalId counts only for the client that sent it: the userName is free, and its new bearer is another
    sub-user.
    """
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
    """Everybody has IM_ACCESS_SCIM_POLICIES from the beginning and after coming back, and no group takes them away."""
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


def test_the_history_names_the_client(okta: Provider) -> None:
    """Each command is kept with the token's name as its caller."""
    made = okta.user("alice")
    okta.members(READ, "add", made["id"])
    data = okta.world.cloud.cos.objects.data
    leases = [key for key in data if key.endswith("-lease.json")]
    assert len(leases) == 2
    assert all(b'"caller":"okta"' in data[key].body for key in leases)
