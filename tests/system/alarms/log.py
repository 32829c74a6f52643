"""A log topic for tests: it runs the queries of docs/alarms.json on log lines, like CLS.

The search part may have `key:"value"`, AND, OR, NOT and `*`; the rest is SQL, which SQLite runs with two more
functions. https://cloud.tencent.com/document/product/614/47044
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import Any

_WORD = re.compile(r'(\w+):"([^"]*)"')
_CONDITION = re.compile(r"\$1\.(\w+) ([<>]) (\d+)")


def fires(alarm: dict[str, Any], lines: Sequence[dict[str, Any]]) -> bool:
    """Whether an alarm fires for the lines of its time."""
    search, _, sql = alarm["query"].partition(" | ")
    found = [line for line in lines if matches(search, line)]
    match = _CONDITION.fullmatch(alarm["condition"])
    assert match, alarm["condition"]
    value = _selected(sql, match[1], found)
    return value > int(match[3]) if match[2] == ">" else value < int(match[3])


def matches(search: str, line: dict[str, Any]) -> bool:
    """Whether a line is found by the search part of a query."""
    if search == "*":
        return True
    rest = _WORD.sub(lambda word: str(str(line.get(word[1], "")) == word[2]), search)
    words = rest.split()
    assert set(words) <= {"True", "False", "AND", "OR", "NOT"}, search
    return bool(eval(rest.replace("AND", "and").replace("OR", "or").replace("NOT", "not")))  # noqa: S307 - five words


def _selected(sql: str, name: str, lines: Sequence[dict[str, Any]]) -> float:
    """The one value of a query over lines, which are a table of all the columns that it names."""
    columns = sorted(columns_of(sql))
    with sqlite3.connect(":memory:") as log:
        log.create_function("greatest", -1, lambda *values: None if None in values else max(values))
        log.execute(f"create table log ({', '.join(columns) or 'no_column'})")
        for line in lines:
            values = [line.get(column) for column in columns] or [None]
            log.execute(f"insert into log values ({', '.join('?' * len(values))})", values)  # noqa: S608 - the project's own
        cursor = log.execute(f"{sql.replace('count_if(', 'total(')} from log")
        assert [column[0] for column in cursor.description] == [name]
        (value,) = cursor.fetchone()
    log.close()
    return float(value)


def columns_of(sql: str) -> set[str]:
    """The fields that a query's SQL reads."""
    known = {"select", "count_if", "count", "coalesce", "max", "greatest", "as", "and", "not", "in", "n"}
    return set(re.findall(r"[A-Za-z_]+", re.sub(r"'[^']*'", "", sql))) - known


def fields_of(query: str) -> set[str]:
    """Every field that a query reads."""
    search, _, sql = query.partition(" | ")
    return {word[0] for word in _WORD.findall(search)} | columns_of(sql)
