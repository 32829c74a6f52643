"""PATCH as scim2-models does it, an implementation that has nothing of this one: any operations, the same outcome."""

from __future__ import annotations

import warnings
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.scim.attributes import ENTERPRISE, GROUP, GROUPS, USER, USERS, Schema
from shared.scim.errors import ScimError
from shared.scim.input_values import Values, read_values
from shared.scim.patch import MESSAGE, operations, patched

with warnings.catch_warnings():
    # Of importers that other test tools have left behind; scim2-models is the first to import through all of them.
    warnings.simplefilter("ignore", ImportWarning)
    from scim2_models import EnterpriseUser, Group, PatchOp, User

TEXTS = st.sampled_from(["a", "b", "Grün", "张伟", "x y"])
IDS = st.sampled_from(["u1", "u2", "u3", "u4"])
PLAIN = ("displayName", "nickName", "title", "userType", "locale", "externalId", "userName")
PARTS = ("givenName", "familyName", "middleName", "formatted")
ENTERPRISE_PLAIN = ("department", "division", "costCenter")

TYPES = st.sampled_from(["work", "home"])
EMAILS = st.lists(
    st.fixed_dictionaries(
        {"value": st.sampled_from(["a@x.example", "b@x.example", "c@x.example"])},
        optional={"type": TYPES, "display": TEXTS},
    ),
    max_size=3,
    unique_by=lambda row: row["value"],
)
PHONES = st.lists(st.fixed_dictionaries({"value": st.just("+86 1"), "type": TYPES}), min_size=1, max_size=1)
ADDRESSES = st.lists(st.fixed_dictionaries({"locality": TEXTS, "type": TYPES}), min_size=1, max_size=1)
MEMBERS = st.lists(st.fixed_dictionaries({"value": IDS}), min_size=1, max_size=4, unique_by=lambda row: row["value"])

WHOLE_NAMES = st.fixed_dictionaries(dict.fromkeys(PARTS, TEXTS))
"""With all parts: of a few, scim2-models drops the others, which the standard does not say."""
WHOLE_ENTERPRISE = st.fixed_dictionaries(
    {**dict.fromkeys(ENTERPRISE_PLAIN, TEXTS), "manager": st.fixed_dictionaries({"value": IDS})}
)
"""With all that other operations here set, for the same reason."""
MAKING = st.sampled_from(["add", "replace", "Add", "Replace"])
REPLACING = st.sampled_from(["replace", "Replace"])


def sets(path: st.SearchStrategy[str], value: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that give a path a value."""
    return st.fixed_dictionaries({"op": MAKING, "path": path, "value": value})


def removes(path: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    """Operations that take a path away."""
    return st.fixed_dictionaries({"op": st.just("remove"), "path": path})


USER_OPERATIONS = st.one_of(
    sets(st.sampled_from(PLAIN), TEXTS),
    sets(st.sampled_from([f"name.{part}" for part in PARTS]), TEXTS),
    sets(st.just("active"), st.booleans()),
    sets(st.just("name"), WHOLE_NAMES),
    sets(st.sampled_from([f"{ENTERPRISE}:{name}" for name in ENTERPRISE_PLAIN]), TEXTS),
    sets(st.just("emails"), EMAILS.filter(bool)),
    sets(st.just("emails"), EMAILS.filter(bool).map(lambda rows: [*rows[:-1], rows[-1] | {"primary": True}])),
    sets(st.just("phoneNumbers"), PHONES),
    sets(st.just("addresses"), ADDRESSES),
    sets(st.sampled_from(["USERNAME", "Title", f"{USER}:title"]), TEXTS),
    sets(TYPES.map(lambda one: f'emails[type eq "{one}"].display'), TEXTS),
    sets(st.sampled_from(['emails[value eq "a@x.example"].type', 'Emails[Value Eq "B@x.example"].type']), TYPES),
    sets(st.just(f"{ENTERPRISE}:manager"), st.fixed_dictionaries({"value": IDS})),
    sets(st.just(f"{ENTERPRISE}:manager.value"), IDS),
    st.fixed_dictionaries(
        {"op": MAKING, "value": st.fixed_dictionaries({ENTERPRISE: WHOLE_ENTERPRISE, "title": TEXTS})}
    ),
    # Without a path an add adds to a list as one with a path does; scim2-models puts the new values in its place.
    st.fixed_dictionaries({"op": REPLACING, "value": st.fixed_dictionaries({"emails": EMAILS.filter(bool)})}),
    removes(TYPES.map(lambda one: f'emails[type eq "{one}"].display')),
    removes(TYPES.map(lambda one: f'emails[type eq "{one}"]')),
    removes(st.sampled_from(["phoneNumbers", "addresses", f"{ENTERPRISE}:manager", "emails.display"])),
    st.fixed_dictionaries({"op": MAKING, "value": st.dictionaries(st.sampled_from(PLAIN), TEXTS, min_size=1)}),
    removes(st.sampled_from([*PLAIN[:-1], "name", "emails", *(f"name.{part}" for part in PARTS)])),
    removes(st.sampled_from([f"{ENTERPRISE}:{name}" for name in ENTERPRISE_PLAIN])),
    removes(st.sampled_from(['emails[value eq "a@x.example"]', 'emails[value eq "b@x.example"]'])),
)
GROUP_OPERATIONS = st.one_of(
    sets(st.just("members"), MEMBERS),
    sets(st.just("displayName"), TEXTS),
    st.fixed_dictionaries({"op": MAKING, "value": st.fixed_dictionaries({"displayName": TEXTS})}),
    removes(IDS.map(lambda one: f'members[value eq "{one}"]') | st.just("members")),
)


def by_oracle(kind: Any, before: Values, ops: list[dict[str, Any]]) -> Values | None:  # noqa: ANN401 - their generic type
    """What scim2-models makes of it; None where it refuses."""
    try:
        resource = kind.model_validate(before)
        PatchOp[kind].model_validate({"schemas": [MESSAGE], "Operations": ops}).patch(resource)
    except Exception:  # noqa: BLE001 - whatever it refuses with
        return None
    told: Values = resource.model_dump()
    return told


def by_own(schema: Schema, before: Values, ops: list[dict[str, Any]]) -> Values | None:
    """What is made of it here; None where it is refused."""
    try:
        return patched(schema, read_values(schema, before), operations({"Operations": ops}))
    except ScimError:
        return None


def compare(kind: Any, schema: Schema, before: Values, ops: list[dict[str, Any]]) -> None:  # noqa: ANN401 - as above
    """Equal after all of them at once, and after each. A value path that meets nothing is the one difference that is
    meant: here the value is made, there it is an error, or nothing.
    """
    for todo in (ops, *([op] for op in ops)):
        own, oracle = by_own(schema, before, todo), by_oracle(kind, before, todo)
        assert own is not None
        if oracle is None or any(may_make_a_value(schema, before, op, alone=todo is not ops) for op in todo):
            continue
        assert own == read_values(schema, oracle), todo
        before = before if todo is ops else oracle


def may_make_a_value(schema: Schema, before: Values, op: dict[str, Any], *, alone: bool) -> bool:
    """Whether an operation may come to a value path that meets nothing."""
    place, bracket, _ = op.get("path", "").partition("]")
    if not bracket or op["op"] == "remove":
        return False
    return not alone or by_own(schema, before, [{"op": "remove", "path": f"{place}]"}]) == read_values(schema, before)


@settings(max_examples=100, deadline=None)
@given(
    names=st.dictionaries(st.sampled_from(PARTS), TEXTS),
    emails=EMAILS,
    plain=st.dictionaries(st.sampled_from(PLAIN[:-1]), TEXTS),
    ops=st.lists(USER_OPERATIONS, min_size=1, max_size=5),
)
def test_users_are_patched_as_elsewhere(
    names: Values, emails: list[Values], plain: Values, ops: list[dict[str, Any]]
) -> None:
    """Any operations on any user come to the same."""
    before: Values = {"schemas": [USER, ENTERPRISE], "userName": "jane", "active": True, **plain}
    before |= {"name": names} if names else {}
    before |= {"emails": emails} if emails else {}
    compare(User[EnterpriseUser], USERS, before, ops)


@settings(max_examples=60, deadline=None)
@given(members=MEMBERS, ops=st.lists(GROUP_OPERATIONS, min_size=1, max_size=5))
def test_groups_are_patched_as_elsewhere(members: list[Values], ops: list[dict[str, Any]]) -> None:
    """Any operations on any group come to the same."""
    before: Values = {"schemas": [GROUP], "displayName": "team", "members": members}
    compare(Group, GROUPS, before, ops)


def test_the_oracle_can_be_asked() -> None:
    """It answers at all: else the properties above would hold of nothing."""
    told = by_oracle(
        User[EnterpriseUser], {"schemas": [USER], "userName": "j"}, [{"op": "add", "path": "title", "value": "x"}]
    )
    assert told is not None
    assert told["title"] == "x"
    member = {"op": "add", "path": "members", "value": [{"value": "u"}]}
    assert by_oracle(Group, {"schemas": [GROUP], "displayName": "t"}, [member]) is not None
