"""A table of people: as Excel in China writes it, as HR systems do, and with everything that can be wrong."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.commands.people_csv import BadTable, read, write
from shared.people.person import Person

TABLE = "employee,status,name,departments,starts_at,attributes.site\n10023,active,张伟,客服;Support,2026/1/5,深圳\n"
ZHANG = Person.parse(
    {
        "employee": "10023",
        "status": "active",
        "name": "张伟",
        "departments": ["客服", "Support"],
        "starts_at": "2026-01-05",
        "attributes": {"site": "深圳"},
    }
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_form_is_read_alike(encoding: str, ends: str) -> None:
    """UTF-8 with and without a byte order mark, GB18030, either end of line, dates as Excel shows them."""
    ((_, person),) = read(TABLE.replace("\n", ends).encode(encoding))
    assert person.model_dump() == ZHANG.model_dump()


@pytest.mark.parametrize("day", ["2026-01-05", "2026/01/05", "2026/1/5", "2026年1月5日", "2026.1.5"])
def test_days_as_people_write_them(day: str) -> None:
    """A date in each of these forms is the fifth of January."""
    ((_, person),) = read(f"employee,ends_at\n1,{day}\n".encode())
    assert person.ends_at == "2026-01-05"


def test_what_is_not_there_is_none() -> None:
    """Somebody without a status is active; empty lines and empty cells say nothing."""
    rows = read(b'employee,title,departments\n1,,\n\n,,\n2,"a, b",x;;y\n')
    assert [row.line for row in rows] == [2, 5]
    assert [row.person.status for row in rows] == ["active", "active"]
    assert (rows[0].person.title, rows[1].person.title, rows[1].person.departments) == (None, "a, b", ["x", "y"])


def test_empty_columns_behind_the_others_are_none() -> None:
    """Empty columns at the end, which Excel saves, are ignored."""
    rows = read(b"employee,name,,\n1,a,,\n2,b\n")
    assert [row.person.name for row in rows] == ["a", "b"]


@pytest.mark.parametrize(
    ("table", "faults"),
    [
        ("", ["line 1: has no header"]),
        ("name\nx\n", ["line 1: there is no column employee"]),
        ("employee,Dept,employee\n1,2,3\n", ["line 1: Dept is no column", "line 1: employee stands twice"]),
        ("employee,status\n1,gone\n,active\n2,\n", ["line 2: status", "line 3: employee", "line 4: status"]),
        ("employee,ends_at\n1,2026-02-30\n2,soon\n", ["line 2: ends_at is no day", "line 3: ends_at is no day"]),
        ("employee\n1\n2\n1\n", ["line 4: the same employee as in line 2"]),
        ("employee,name\n1,a,b\n", ["line 2: has more cells than the header"]),
        ('employee,name\n1,"a\n', ["is no CSV"]),
    ],
)
def test_every_fault_is_told_with_its_line(table: str, faults: list[str]) -> None:
    """Every fault of a table is told with its line, and none of the table is read."""
    with pytest.raises(BadTable) as caught:
        read(table.encode())
    assert len(caught.value.faults) == len(faults)
    assert all(part in told for part, told in zip(faults, caught.value.faults, strict=True))


letters = st.characters(blacklist_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), blacklist_characters=";；")
words = st.text(letters, min_size=1, max_size=8)
people = st.builds(
    lambda employee, more: Person.parse({"employee": employee, **more}),
    words,
    st.fixed_dictionaries(
        {"status": st.sampled_from(["active", "suspended", "left"])},
        optional={
            "name": words,
            "departments": st.lists(words, max_size=3),
            "attributes": st.dictionaries(words, words, max_size=2),
            "ends_at": st.dates().map(str),
        },
    ),
)


@settings(deadline=None)
@given(
    st.lists(people, max_size=4, unique_by=lambda person: person.employee), st.sampled_from(["utf-8-sig", "gb18030"])
)
def test_what_is_exported_is_imported_as_it_was(told: list[Person], encoding: str) -> None:
    """Any people that are exported are imported as they were."""
    found = [row.person.model_dump() for row in read(write(told).encode(encoding))]
    assert found == [person.model_dump() for person in told]


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_are_a_table_or_a_fault(raw: bytes) -> None:
    """Any bytes are either a table or a list of faults, and never raise anything else."""
    with suppress(BadTable):
        read(raw)
