"""The common form of a person: what is taken, and how a bad one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from shared.errors import Rejected
from shared.people.person import Person

ZHANG = {
    "employee": "10023",
    "status": "active",
    "name": "张伟",
    "email": "wei.zhang@example.com",
    "phone": None,
    "departments": ["客服"],
    "title": "Agent",
    "employee_type": "regular",
    "manager": None,
    "starts_at": "2026-01-02",
    "ends_at": "2026-03-04T05:06:07+08:00",
    "user": None,
    "language": "zh",
    "attributes": {"site": "Shenzhen", "level": 3, "sites": ["a", "b"]},
}


def test_a_whole_person_is_read() -> None:
    """Each member of a person keeps its value."""
    assert Person.parse(ZHANG).model_dump() == ZHANG


def test_only_the_employee_and_the_status_are_required() -> None:
    """Everything else may be absent, and is then empty."""
    person = Person.parse({"employee": "1", "status": "left"})
    assert (person.departments, person.attributes, person.email) == ([], {}, None)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"employee": ""}, "employee"),
        ({"employee": 10023}, "employee"),
        ({"status": "gone"}, "status"),
        ({"ends_at": "soon"}, "ends_at"),
        ({"departments": "客服"}, "departments"),
        ({"surname": "张"}, "surname"),
        ({"attributes": {"site": {"city": "Shenzhen"}}}, "attributes.site"),
    ],
)
def test_a_bad_member_is_named(change: dict[str, Any], named: str) -> None:
    """The error names the field and never a value."""
    with pytest.raises(Rejected, match=named) as caught:
        Person.parse(ZHANG | change)
    assert caught.value.code == "invalid_person"
    assert "gone" not in caught.value.detail
    assert "Shenzhen" not in caught.value.detail
