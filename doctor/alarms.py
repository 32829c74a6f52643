"""Checks that the alarms of docs/alarms.json exist in CLS, are switched on, and run the right queries."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from doctor.report import Finding, denied
from shared.errors import CloudError
from shared.tencent.api import Api

WANTED = Path(__file__).resolve().parent.parent / "docs" / "alarms.json"
_MAKE = "Make it, as docs/operations.md says under Alarms."
_ROWS = 100


def alarms(api: Api, wanted: Path = WANTED) -> Iterator[Finding]:
    """A finding for each alarm. A missing alarm is only a warning, because the functions work without alarms.

    `wanted`: the file that lists the alarms.
    """
    if not wanted.is_file():
        yield Finding("warning", "not compared: docs/alarms.json is not here", "Run the command from a checkout.")
        return
    try:
        found = {str(row.get("Name")): row for row in _all(api)}
    except CloudError as error:
        missing = "the caller lacks cls:DescribeAlarms" if denied(error) else error.cloud_code
        advice = "Ask for cls:DescribeAlarms, or look at the alarm policies in the CLS console."
        yield Finding("warning", f"not looked at: {missing}", advice)
        return
    for row in json.loads(wanted.read_text(encoding="utf-8")):
        yield _state(row, found.get(row["name"]))


def _all(api: Api) -> Iterator[dict[str, Any]]:
    """Every alarm policy of the region. https://cloud.tencent.com/document/product/614/56461"""
    offset = 0
    while True:
        answer = api.read("cls", "DescribeAlarms", {"Offset": offset, "Limit": _ROWS})
        rows = answer.get("Alarms") or []
        yield from rows
        offset += len(rows)
        if not rows or offset >= int(answer.get("TotalCount") or 0):
            return


def _state(wanted: dict[str, Any], found: dict[str, Any] | None) -> Finding:
    name = wanted["name"]
    if found is None:
        return Finding("warning", f"{name}: there is no such alarm", _MAKE)
    if found.get("Status") is False:
        return Finding("warning", f"{name} is switched off", "Switch it on in the CLS console: nobody is told.")
    targets = found.get("AlarmTargets") or []
    queries = {_plain(str(target.get("Query"))) for target in targets if isinstance(target, dict)}
    if _plain(wanted["query"]) not in queries or _plain(wanted["condition"]) != _plain(str(found.get("Condition"))):
        return Finding("warning", f"{name} looks for something else than docs/alarms.json says", "Compare the two.")
    return Finding("ok", f"{name} is set up")


def _plain(text: str) -> str:
    """A query without spaces, which have no meaning in it."""
    return "".join(text.split())
