"""Groups stand for policies: members have the policy, others do not, whatever happens at the same time."""

from __future__ import annotations

import pytest

from tests.system.scim.client import Provider
from tests.world import FULL, READ


def test_the_policies_are_groups_from_the_beginning(okta: Provider) -> None:
    """Each under its own name and those of the setting, in lists and by name; they cannot be deleted or renamed."""
    okta.world.env["IM_ACCESS_SCIM_GROUPS"] = f"IM Operators={FULL}, Support, Shenzhen = {READ}".replace(
        ", Shen", " Shen"
    )
    names = [row["displayName"] for row in okta.done("GET", "/Groups")["Resources"]]
    assert names == [FULL, READ, "IM Operators", "Support Shenzhen"]
    group = okta.group("im operators")
    assert okta.done("GET", f"/Groups/{group['id']}") == group
    assert okta.ask("DELETE", f"/Groups/{group['id']}").status == 403
    answer = okta.ask(
        "PATCH", f"/Groups/{group['id']}", {"Operations": [{"op": "replace", "value": {"displayName": "x"}}]}
    )
    assert (answer.status, answer.body["scimType"]) == (400, "mutability")
    same = {"op": "replace", "value": {"id": group["id"], "displayName": "IM Operators"}}
    assert okta.patch(f"/Groups/{group['id']}", same)["displayName"] == "IM Operators"
    for name in ("IM operators", READ):
        answer = okta.ask("POST", "/Groups", {"displayName": name})
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")


def test_any_other_group_is_kept_and_gives_nothing(okta: Provider) -> None:
    """A group that stands for no policy has a unique name and members, gives nothing, and can be deleted."""
    alice = okta.user("alice")
    made = okta.done(
        "POST", "/Groups", {"displayName": "Friends", "externalId": "g1", "members": [{"value": alice["id"]}]}
    )
    assert [row["value"] for row in made["members"]] == [alice["id"]]
    assert made["members"][0]["$ref"].endswith(f"/Users/{alice['id']}")
    assert okta.ask("POST", "/Groups", {"displayName": "FRIENDS"}).body["scimType"] == "uniqueness"
    assert okta.done("GET", "/Groups", filter='externalId eq "g1"')["totalResults"] == 1
    assert okta.world.cloud.cam.attached("alice") == []
    assert okta.done("PUT", f"/Groups/{made['id']}", {"displayName": "Foes"})["displayName"] == "Foes"
    okta.done("POST", "/Groups", {"displayName": "Others"})
    for name in (READ.lower(), "OTHERS"):
        answer = okta.ask("PUT", f"/Groups/{made['id']}", {"displayName": name})
        assert (answer.status, answer.body["scimType"]) == (409, "uniqueness")
    assert okta.done("GET", "/Groups", filter='displayName eq "friends"')["totalResults"] == 0
    assert okta.ask("DELETE", f"/Groups/{made['id']}").status == 204
    assert okta.ask("GET", f"/Groups/{made['id']}").status == 404
    assert okta.done("GET", "/Groups")["totalResults"] == 3


def test_a_policy_of_two_groups_stays_while_one_is_left(okta: Provider) -> None:
    """Who leaves one of them keeps it, who leaves the second loses it."""
    okta.world.env["IM_ACCESS_SCIM_GROUPS"] = f"Readers={READ}"
    alice = okta.user("alice")["id"]
    cam = okta.world.cloud.cam
    for name in (READ, "Readers"):
        okta.members(name, "add", alice)
    okta.members(READ, "remove", alice)
    assert cam.attached("alice") == [READ]
    assert "DetachUserPolicy" not in [call.action for call in okta.world.calls]
    okta.members("Readers", "remove", alice)
    assert cam.attached("alice") == []


def test_memberships_change_while_somebody_is_away(okta: Provider) -> None:
    """What groups give at the return counts: nothing of what was taken away meanwhile, all of what was given."""
    alice = okta.user("alice")["id"]
    okta.members(READ, "add", alice)
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": False}})
    okta.members(READ, "remove", alice)
    okta.members(FULL, "add", alice)
    assert okta.world.cloud.cam.attached("alice") == []
    okta.world.clock.advance(120)
    okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": True}})
    assert okta.world.cloud.cam.attached("alice") == [FULL]


def test_a_put_with_and_without_members(okta: Provider) -> None:
    """The members are those of the list; without one there are none."""
    ids = [okta.user(name)["id"] for name in ("alice", "bob", "carol")]
    path = f"/Groups/{okta.group(READ)['id']}"
    cam = okta.world.cloud.cam
    okta.done("PUT", path, {"displayName": READ, "members": [{"value": one} for one in ids[:2]]})
    assert [cam.attached(name) for name in ("alice", "bob", "carol")] == [[READ], [READ], []]
    okta.done("PUT", path, {"displayName": READ, "members": [{"value": one} for one in ids[1:]]})
    assert [cam.attached(name) for name in ("alice", "bob", "carol")] == [[], [READ], [READ]]
    okta.done("PUT", path, {"displayName": READ})
    assert [cam.attached(name) for name in ("alice", "bob", "carol")] == [[], [], []]
    assert okta.due() == []


def test_too_many_at_once_are_refused_and_told(okta: Provider) -> None:
    """Whoever connected the wrong group takes the policy from nobody; the organisation hears of it once."""
    okta.world.env["IM_ACCESS_SCIM_BRAKE"] = "2"
    ids = [okta.user(name)["id"] for name in ("alice", "bob", "carol")]
    okta.members(READ, "add", *ids)
    path = f"/Groups/{okta.group(READ)['id']}"
    for method, body in (
        ("PUT", {"displayName": READ, "members": []}),
        ("PATCH", {"Operations": [{"op": "remove", "path": "members"}]}),
        ("PATCH", {"Operations": [{"op": "replace", "path": "members", "value": []}]}),
    ):
        answer = okta.ask(method, path, body)
        assert (answer.status, answer.body["scimType"]) == (400, "tooMany")
    assert all(okta.world.cloud.cam.attached(name) == [READ] for name in ("alice", "bob", "carol"))
    told = [row for row in okta.world.receiver.taken if row[1]["type"] == "imaccess.scim.stopped"]
    assert len({webhook_id for webhook_id, _ in told}) == 1
    assert told[0][1]["data"] == {"group": READ, "members": 3, "limit": 2, "caller": "okta"}
    okta.members(READ, "remove", *ids[:2])
    assert okta.world.cloud.cam.attached("alice") == []
    okta.members(READ, "add", *ids)
    okta.done("DELETE", f"/Users/{ids[0]}")
    # Nothing is taken from whoever is gone.
    okta.done("PUT", path, {"displayName": READ, "members": []})
    assert okta.world.cloud.cam.attached("carol") == []


def test_nobody_is_a_member_who_is_not_there(okta: Provider) -> None:
    """An id that nobody has is left out; so is whoever was deleted."""
    alice = okta.user("alice")["id"]
    group = okta.members(READ, "add", alice, "nobody", "../x")
    assert [row["value"] for row in group["members"]] == [alice]


def test_entra_leaves_members_out(okta: Provider) -> None:
    """A group without its members, as Entra looks for it."""
    okta.members(READ, "add", okta.user("alice")["id"])
    found = okta.done("GET", "/Groups", filter=f'displayName eq "{READ}"', excludedAttributes="members")
    assert [sorted(row) for row in found["Resources"]] == [["displayName", "id", "meta", "schemas"]]


@pytest.mark.parametrize("verb", ["POST", "DELETE"])
def test_a_death_at_a_group_is_mended_by_its_repetition(okta: Provider, verb: str) -> None:
    """At any of its calls: in the end the group is in the list once, or not at all."""
    world = okta.world
    for call in range(2, 9):
        name = f"{verb} {call}"
        path, body = "/Groups", {"displayName": name}
        if verb == "DELETE":
            path, body = f"/Groups/{okta.done('POST', '/Groups', body)['id']}", {}
        world.kill(call=call, when="after")
        world.invoke("scim", world.scim(verb, path, body))
        world.clock.advance(10)
        assert okta.ask(verb, path, body).status in (201, 409, 204, 404)
        shown = okta.done("GET", "/Groups")
        names = [row["displayName"] for row in shown["Resources"]]
        assert names.count(name) == (verb == "POST")
        assert shown["totalResults"] == len(names)
