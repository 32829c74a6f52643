"""PATCH in the dialects of the clients that are known: what each writes, and what comes of it."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from shared.scim.attributes import ENTERPRISE, GROUPS, USERS
from shared.scim.errors import ScimError
from shared.scim.input_values import read_values
from shared.scim.patch import operations, patched

JANE: dict[str, Any] = {
    "userName": "jane@example.com",
    "active": True,
    "name": {"givenName": "Jane", "familyName": "Doe"},
    "emails": [{"value": "jane@example.com", "type": "work", "primary": True}],
}
TEAM = {"displayName": "Support", "members": [{"value": "a"}, {"value": "b"}, {"value": "c"}]}


def user(*ops: dict[str, Any]) -> dict[str, Any]:
    """Jane after these operations; what was given is never changed."""
    before = copy.deepcopy(JANE)
    after = patched(USERS, JANE, operations({"Operations": list(ops)}))
    assert before == JANE
    return after


def team(*ops: dict[str, Any]) -> list[str]:
    """The ids of the team's members after these operations."""
    after = patched(GROUPS, TEAM, operations({"Operations": list(ops)}))
    return [member["value"] for member in after.get("members", [])]


@pytest.mark.parametrize(
    "op",
    [
        {"op": "replace", "value": {"active": False}},
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "active", "value": False},
        {"op": "Add", "path": "ACTIVE", "value": "false"},
        {"op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:active", "value": False},
    ],
)
def test_everybody_switches_off_in_another_way(op: dict[str, Any]) -> None:
    """Okta without a path, Entra with a text, with a capital letter, or with a URN: all mean the same."""
    assert user(op) == JANE | {"active": False}


def test_keys_with_dots_and_urns() -> None:
    """Entra with its flag: one replace without a path, whose keys are paths."""
    value = {
        "name.givenName": "J.",
        f"{ENTERPRISE}:department": "Support",
        f"{ENTERPRISE}:manager": "b7",
        'emails[type eq "home"].value': "j@home.example",
        "displayName": "Jane D.",
        "id": "ignored",
        "nobody knows": 1,
    }
    assert user({"op": "replace", "path": USERS.urn, "value": value}) == user({"op": "replace", "value": value})
    after = user({"op": "replace", "value": value})
    assert after["name"] == {"givenName": "J.", "familyName": "Doe"}
    assert after[ENTERPRISE] == {"department": "Support", "manager": {"value": "b7"}}
    assert after["emails"] == [*JANE["emails"], {"type": "home", "value": "j@home.example"}]
    assert (after["displayName"], "id" in after) == ("Jane D.", False)


def test_a_value_path_that_meets_nothing_makes_the_value() -> None:
    """Entra sets the mobile number of somebody who has none; the one that is there is changed in its place."""
    made = user({"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"})
    assert made["phoneNumbers"] == [{"type": "mobile", "value": "1"}]
    changed = user({"op": "Replace", "path": 'emails[type eq "work"].value', "value": "x@example.com"})
    assert changed["emails"] == [{"value": "x@example.com", "type": "work", "primary": True}]
    whole = user({"op": "Replace", "path": 'emails[type eq "work"]', "value": {"value": "x@example.com"}})
    assert whole == changed


def test_what_is_removed_by_its_value_path_is_gone() -> None:
    """Also where Entra sends a value with it; a value of which only its type is left is none."""
    assert "emails" not in user({"op": "Remove", "path": 'emails[type eq "work"].value', "value": "jane@example.com"})
    assert "emails" not in user({"op": "remove", "path": 'emails[type eq "WORK"]'})
    assert user({"op": "remove", "path": 'emails[type eq "home"]'}) == JANE


def test_there_is_one_primary() -> None:
    """Of several values only the one that was made primary last is it."""
    after = user({"op": "add", "path": "emails", "value": [{"value": "n@example.com", "primary": True}]})
    assert [row["primary"] for row in after["emails"]] == [False, True]


def test_a_manager_in_every_form() -> None:
    """A manager may be a text, an object, or a list of one."""
    for value in ("m1", {"value": "m1"}, [{"$ref": None, "value": "m1"}]):
        after = user({"op": "Add", "path": f"{ENTERPRISE}:manager", "value": value})
        assert after[ENTERPRISE]["manager"] == {"value": "m1"}
    whole = {"op": "add", "path": ENTERPRISE, "value": {"department": "D"}}
    assert user(whole, {"op": "remove", "path": f"{ENTERPRISE}:department"}) == JANE
    assert user(whole, {"op": "remove", "path": ENTERPRISE}) == JANE


def test_members_are_added_once() -> None:
    """Whoever is in the group already is not added again, whatever else is said of them."""
    assert team({"op": "Add", "path": "members", "value": [{"value": "d"}, {"value": "a", "type": "User"}]}) == [
        *"abcd"
    ]
    assert team({"op": "add", "value": {"members": [{"value": "d"}]}}) == [*"abcd"]


@pytest.mark.parametrize(
    "op",
    [
        {"op": "remove", "path": 'members[value eq "b"]'},
        {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": "b"}]},
        {"op": "remove", "path": "members", "value": {"value": "b"}},
        {"op": "remove", "path": "members", "value": ["b"]},
    ],
)
def test_members_are_removed_one_by_one(op: dict[str, Any]) -> None:
    """By a filter as Okta does, or by a list of values as Entra and authentik do: nobody else goes."""
    assert team(op) == ["a", "c"]


def test_nobody_is_removed_who_is_not_meant() -> None:
    """A filter that meets nobody, or an empty list, removes nobody; without either the group is emptied."""
    assert team({"op": "remove", "path": 'members[value eq "z"]'}) == [*"abc"]
    assert team({"op": "Remove", "path": "members", "value": []}) == [*"abc"]
    assert team({"op": "remove", "path": "members"}) == []
    assert team({"op": "replace", "path": "members", "value": []}) == []
    assert team({"op": "replace", "path": "members", "value": [{"value": "z"}]}) == ["z"]


def test_okta_s_rename_with_the_id() -> None:
    """Okta's rename has the group's own id in the value, which is ignored."""
    assert (
        patched(
            GROUPS, TEAM, operations({"Operations": [{"op": "replace", "value": {"id": "1", "displayName": "S"}}]})
        )["displayName"]
        == "S"
    )


@pytest.mark.parametrize(
    ("ops", "scim_type"),
    [
        ([{"op": "remove"}], "noTarget"),
        ([{"op": "move", "path": "active"}], "invalidSyntax"),
        ([{"path": "active"}], "invalidSyntax"),
        ([{"op": "add", "path": 7, "value": 1}], "invalidSyntax"),
        (["add"], "invalidSyntax"),
        ([], "invalidSyntax"),
        ("add", "invalidSyntax"),
        ([{"op": "replace", "path": "id", "value": "1"}], "mutability"),
        ([{"op": "remove", "path": "userName"}], "mutability"),
        ([{"op": "remove", "path": "active"}], "mutability"),
        ([{"op": "replace", "path": "userName", "value": None}], "invalidValue"),
        ([{"op": "replace", "path": "userName", "value": " "}], "invalidValue"),
        ([{"op": "replace", "path": "active", "value": "perhaps"}], "invalidValue"),
        ([{"op": "replace", "path": "active", "value": 0}], "invalidValue"),
        ([{"op": "replace", "path": "name", "value": "Jane"}], "invalidValue"),
        ([{"op": "replace", "path": "name.nobody", "value": "x"}], "invalidPath"),
        ([{"op": "replace", "path": "emails[type eq", "value": "x"}], "invalidPath"),
        ([{"op": "replace", "path": "emails[type pr]", "value": "x"}], "invalidPath"),
        ([{"op": "replace", "path": "x" * 3000, "value": "x"}], "invalidPath"),
        ([{"op": "replace", "value": "x"}], "invalidValue"),
        ([{"op": "add", "path": "title", "value": "a"}] * 1001, "invalidSyntax"),
    ],
)
def test_what_cannot_be_done_changes_nothing(ops: Any, scim_type: str) -> None:  # noqa: ANN401 - JSON
    """Each fault has the word that the standard has for it, and what came before it is not done either."""
    before = copy.deepcopy(JANE)
    good = [{"op": "replace", "path": "title", "value": "changed"}]
    with pytest.raises(ScimError) as failed:
        patched(USERS, JANE, operations({"Operations": good + ops if ops and isinstance(ops, list) else ops}))
    assert (failed.value.status, failed.value.scim_type) == (400, scim_type)
    assert before == JANE


def test_what_is_not_kept_is_left_out() -> None:
    """Attributes that nobody here knows do no harm, wherever they stand."""
    assert user({"op": "add", "path": "roles", "value": [{"value": "admin"}]}) == JANE
    assert user({"op": "Add", "path": 'roles[primary eq "True"].value', "value": "admin"}) == JANE
    assert user({"op": "add", "path": "urn:example:2.0:User:badge", "value": "7"}) == JANE
    assert read_values(USERS, {"roles": [], "addresses": None, "userName": "x", "password": "p", "groups": [{}]}) == {
        "userName": "x"
    }


def test_a_name_twice_is_refused() -> None:
    """In whichever case: a client that means one of them could mean either."""
    with pytest.raises(ScimError, match="invalidSyntax"):
        read_values(USERS, {"userName": "a", "username": "b"})


def test_entra_s_urn_without_its_colon() -> None:
    """The extension is known by the URN that Entra misspells at times."""
    body = {"userName": "x", ENTERPRISE.replace(":User", "User"): {"department": "D"}}
    assert read_values(USERS, body)[ENTERPRISE] == {"department": "D"}


def test_values_that_a_change_makes_the_same_are_one() -> None:
    """A list has no value twice (RFC 7643, 2.4), also where two differed before."""
    more = {"op": "add", "path": "emails", "value": [{"value": "jane@example.com"}]}
    same = {"op": "add", "path": 'emails[value eq "jane@example.com"]', "value": {"type": "work", "primary": True}}
    assert len(user(more)["emails"]) == 2
    assert user(more, same) == JANE
