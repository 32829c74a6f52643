"""Writes tables for spreadsheets and programs, as CSV and JSON."""

from __future__ import annotations

import csv as rfc4180
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Characters that begin a formula in a spreadsheet (https://owasp.org/www-community/attacks/CSV_Injection)."""


def csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """CSV (RFC 4180) with a byte order mark for Excel; no cell is a formula. Column names are English in every
    language.
    """
    out = io.StringIO()
    writer = rfc4180.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([[inert(row.get(column)) for column in columns] for row in rows])
    return "\ufeff" + out.getvalue()


def inert(value: object) -> str:
    """A cell that a spreadsheet takes for text, whatever its first character."""
    if value is None:
        return ""
    text = "; ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(value: object) -> str:
    """JSON with indentation."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
