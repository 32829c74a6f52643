"""Reads and writes people as CSV, as HR systems and Excel do: UTF-8, with or without a byte order mark, or GB18030."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from shared.errors import Rejected
from shared.people.calendar_days import begins
from shared.people.person import Person
from shared.people.person_attributes import OWN

COLUMNS = tuple(name for name in Person.model_fields if name != "attributes")
_LISTS = ("departments",)
_DAYS = ("starts_at", "ends_at")
_SLASHES = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?")


class BadTable(ValueError):
    """A table has faults, listed line by line; nothing of the table is carried out."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = list(faults)


class Row(NamedTuple):
    """A person, and the number of the table's line."""

    line: int
    person: Person


def read(raw: bytes) -> list[Row]:
    """Read the people of a table. Raises BadTable, which lists every fault."""
    reader = csv.reader(io.StringIO(_decoded(raw), newline=""), strict=True)
    try:
        lines = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise BadTable([f"line {reader.line_num}: is no CSV: {error}"]) from None
    if not lines:
        raise BadTable(["line 1: has no header"])
    header = [cell.strip() for cell in lines[0][1]]
    while header and not header[-1]:
        header.pop()  # Excel saves empty columns after those in use.
    if faults := _of_header(header):
        raise BadTable([f"line 1: {fault}" for fault in faults])
    rows, bad = [], list[str]()
    for line, cells in lines[1:]:
        try:
            rows.append(Row(line, _person(header, cells)))
        except ValueError as error:
            bad.append(f"line {line}: {error}")
    bad += _twice(rows)
    if bad:
        raise BadTable(bad)
    return rows


def write(people: Iterable[Person]) -> str:
    """Write a table of people that `read` can read again."""
    known = list(people)
    own = sorted({f"{OWN}{name}" for person in known for name in person.attributes})
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([*COLUMNS, *own])
    for person in known:
        table.writerow([*(_cell(getattr(person, name)) for name in COLUMNS), *(_own(person, name) for name in own)])
    return out.getvalue()


def _decoded(raw: bytes) -> str:
    """The text of a file; if it is not UTF-8, it is read as GB18030, which Excel in China writes."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable(["line 1: is neither UTF-8 nor GB18030"])


def _of_header(header: Sequence[str]) -> list[str]:
    unknown = [name for name in header if name not in COLUMNS and not (name.startswith(OWN) and len(name) > len(OWN))]
    faults = [f"{_shown(name)} is no column; there are {', '.join(COLUMNS)} and {OWN}<name>" for name in unknown]
    faults += [f"{_shown(name)} stands twice" for name in dict.fromkeys(header) if header.count(name) > 1]
    return faults + ["there is no column employee"] * ("employee" not in header)


def _person(header: Sequence[str], cells: Sequence[str]) -> Person:
    """The person in a row. Raises ValueError, whose text says what is wrong."""
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise ValueError("has more cells than the header")
    fields: dict[str, Any] = {"status": "active", "attributes": {}}
    for name, cell in zip(header, cells, strict=False):
        value = cell.strip()
        if name.startswith(OWN):
            fields["attributes"] |= {name.removeprefix(OWN): value} if value else {}
        elif value or name in ("employee", "status"):
            fields[name] = _value(name, value)
    try:
        return Person.parse(fields)
    except Rejected as error:
        raise ValueError(error.detail) from None


def _value(name: str, text: str) -> str | list[str]:
    if name in _LISTS:
        return [one for one in (part.strip() for part in re.split("[;；]", text)) if one]
    return _day(name, text) if name in _DAYS else text


def _day(name: str, text: str) -> str:
    match = _SLASHES.fullmatch(text)
    day = f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}" if match else text
    from datetime import timezone

    try:
        begins(day, timezone.utc)
    except ValueError:
        raise ValueError(f"{name} is no day, such as 2026-01-31") from None
    return day


def _twice(rows: Sequence[Row]) -> list[str]:
    first: dict[str, int] = {}
    return [
        f"line {row.line}: the same employee as in line {first[row.person.employee]}"
        for row in rows
        if first.setdefault(row.person.employee, row.line) != row.line
    ]


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ";".join(str(one) for one in value)
    return "" if value is None else str(value)


def _own(person: Person, column: str) -> str:
    return _cell(person.attributes.get(column.removeprefix(OWN)))


def _shown(name: str) -> str:
    return name[:40] if name.isprintable() and name else repr(name[:40])
