"""Filters and views: what is asked for is found, and what cannot be asked is an error that says so."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.scim.attributes import ENTERPRISE, USERS
from shared.scim.errors import ScimError
from shared.scim.filter_matching import matches
from shared.scim.filter_parser import parse_filter, parse_path
from shared.scim.view import PAGE, Selection, listed, page

JANE: dict[str, Any] = {
    "schemas": ["u"],
    "id": "Ab1",
    "externalId": "E-1",
    "userName": "Jane@Example.com",
    "active": True,
    "name": {"givenName": "Jane", "familyName": "Doe"},
    "emails": [{"value": "j@x.example", "type": "work"}, {"value": "p@x.example", "type": "home"}],
    ENTERPRISE: {"department": "Support", "manager": {"value": "m1"}},
    "meta": {"resourceType": "User"},
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ('userName eq "jane@example.COM"', True),
        ('USERNAME Eq "jane@example.com"', True),
        ("externalId eq E-1", True),
        ('externalId eq "e-1"', False),
        ('id eq "Ab1" and active eq true', True),
        ('id eq "Ab1" AND active eq "True"', True),
        ('id eq "ab1"', False),
        ("active eq false", False),
        ('emails[type eq "work"].value eq "J@x.example"', True),
        ('emails[type eq "home"].value eq "j@x.example"', False),
        ('emails[type eq "home" and value eq "p@x.example"].type eq "home"', True),
        ('emails.value eq "p@x.example"', True),
        ('emails[type eq "home" and value eq "P@x.example"]', True),
        ('id eq "Ab1" and emails[type eq "work"] and active eq true', True),
        ('emails[type eq "home" and value eq "j@x.example"]', False),
        ('nobody[type eq "home"]', False),
        ("phoneNumbers[type eq null]", False),
        ('emails eq "p@x.example"', True),
        ('name.familyName eq "doe"', True),
        (f'{ENTERPRISE}:department eq "support"', True),
        (f'{ENTERPRISE}:manager eq "m1"', True),
        (f'id eq "Ab1" and {ENTERPRISE}:manager.value eq "m1"', True),
        ('urn:ietf:params:scim:schemas:core:2.0:User:userName eq "jane@example.com"', True),
        ('meta.resourceType eq "User"', True),
        ("nickName eq null", True),
        ('nobody eq "x"', False),
        ('userName eq "jane@example.com\\u0041"', False),
    ],
)
def test_a_filter(text: str, holds: bool) -> None:
    """Names and operators in any case, values by their attribute's rule."""
    assert matches(USERS, JANE, parse_filter(text)) is holds


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "userName", "userName eq", 'userName co "j"', "userName pr", 'userName eq "j" or id eq "1"',
        '(userName eq "j")', 'not userName eq "j"', 'userName eq "j', 'userName eq "j" and', "eq eq eq eq",
        '"a" eq "b"',
        'emails[type eq "work"', 'emails[type eq "work"].value', 'emails[type eq "work"] or', "emails[]",
        'emails[emails[type eq "a"] eq "b"]', "]", "userName eq [", 'a.b.c eq "x"',
        " and ".join(['id eq "1"'] * 21), 'userName eq "' + "x" * 10_000 + '"', "\x00", 'userName eq "\\x"', "[" * 5000,
    ],
)  # fmt: skip
def test_a_filter_that_is_none(text: str) -> None:
    """Whatever is not supported is refused as such, however long."""
    with pytest.raises(ScimError) as failed:
        parse_filter(text)
    assert (failed.value.status, failed.value.scim_type) == (400, "invalidFilter")


@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(["a", " eq ", '"x"', "[", "]", ".", " and ", ":", "urn:"]), max_size=12).map("".join)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text is a filter, a path, or a SCIM error."""
    for parse in (parse_filter, parse_path):
        with contextlib.suppress(ScimError):
            parse(text)


def test_what_is_asked_for_is_shown() -> None:
    """`id` and `schemas` always; of the others those that are named, with their parts."""
    only = Selection("userName,name.givenName,emails.value").shown(USERS, JANE)
    assert only == {
        "schemas": ["u"],
        "id": "Ab1",
        "userName": "Jane@Example.com",
        "name": {"givenName": "Jane"},
        "emails": [{"value": "j@x.example"}, {"value": "p@x.example"}],
    }
    assert Selection(f"{ENTERPRISE}:department").shown(USERS, JANE)[ENTERPRISE] == {"department": "Support"}
    but = Selection("", f"id,emails,name.givenName,{ENTERPRISE}:manager").shown(USERS, JANE)
    assert but["id"] == "Ab1"
    assert (but["name"], but[ENTERPRISE], "emails" in but) == ({"familyName": "Doe"}, {"department": "Support"}, False)
    assert Selection("", "members").leaves_out("members")
    assert Selection("displayName").leaves_out("members")
    assert not Selection("", "").leaves_out("members")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, (1, PAGE)),
        ({"startindex": "0", "count": "-5"}, (1, 0)),
        ({"startindex": "-3", "count": "10"}, (1, 10)),
        ({"startindex": "101", "count": "100000"}, (101, PAGE)),
    ],
)
def test_pages(query: dict[str, str], expected: tuple[int, int]) -> None:
    """Below the first is the first; a negative count is none, and a large one as many as there may be."""
    assert page(query) == expected


def test_a_page_that_is_none() -> None:
    """A startIndex or count that is no number is refused."""
    for text in ("x", "1.5", "99999999999999", "٣"):
        with pytest.raises(ScimError, match="invalidValue"):
            page({"count": text})
    assert listed([], 3, 2) == {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 3,
        "startIndex": 2,
        "itemsPerPage": 0,
        "Resources": [],
    }
