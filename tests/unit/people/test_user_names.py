"""The names of people's sub-users."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.people.person import Person
from shared.people.user_names import fault, names, possible
from shared.settings_parsers import USER

TEMPLATES = ("{email.local}", "{employee}")


def first(templates: tuple[str, ...] = TEMPLATES, **fields: Any) -> str | None:  # noqa: ANN401 - JSON
    """The best name of a person."""
    return next(names(Person.parse({"employee": "10023", "status": "active"} | fields), templates), None)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"email": "wei.zhang@example.com"}, "wei.zhang"),
        ({"email": "wei.zhang+hr@example.com"}, "wei.zhang"),
        ({"email": "张伟@example.com"}, "10023"),
        ({"email": "no address"}, "10023"),
        ({"email": "+x@example.com"}, "10023"),
        ({"email": "@example.com"}, "10023"),
        ({"email": None}, "10023"),
        ({"email": "x" * 65 + "@example.com"}, "10023"),
        ({"email": "wei.zhang@example.com", "user": "zw"}, "zw"),
        ({"email": "wei.zhang@example.com", "user": "张"}, "wei.zhang"),
        ({"email": "张@x", "employee": "a/b"}, None),
    ],
)
def test_the_first_possible_name_counts(fields: dict[str, Any], name: str | None) -> None:
    """What the source says comes first, then each template; an impossible name gives way to the next."""
    assert first(**fields) == name


def test_templates_are_texts_around_fields() -> None:
    """Several fields and attributes of one's own can stand in one; a person who lacks one of them has no such name."""
    templates = ("im-{attributes.site}-{employee}", "{employee}")
    assert first(templates, attributes={"site": "SZ"}) == "im-SZ-10023"
    assert first(templates) == "10023"


def test_a_name_that_is_taken_gets_a_number() -> None:
    """A taken name gets 2, 3 and so on, even if the name is as long as names may be."""
    who = Person.parse({"employee": "x" * 64, "status": "active"})
    assert list(itertools.islice(names(who, ("{employee}",)), 10)) == [
        "x" * 64,
        *(f"{'x' * 63}{n}" for n in range(2, 10)),
        f"{'x' * 62}10",
    ][:10]  # fmt: skip


@pytest.mark.parametrize("template", ["", "fixed", "{x}", "{employee", "employee}", "{departments}", "{attributes.}"])
def test_a_bad_template_is_a_fault(template: str) -> None:
    """One without a field, with an unknown one, or with half a brace."""
    assert fault(template)


@settings(deadline=None)
@given(st.text(), st.text(min_size=1, max_size=200), st.text())
def test_every_name_is_one_that_commands_take(email: str, employee: str, user: str) -> None:
    """Whatever a person is called: possible names alone, and no name twice."""
    who = Person.model_construct(employee=employee, status="active", email=email, user=user)
    found = list(itertools.islice(names(who, (*TEMPLATES, "{employee}-{email}")), 12))
    assert all(possible(name) and re.fullmatch(USER, name) for name in found)
    assert len({*found}) == len(found)
