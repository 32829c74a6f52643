"""The types of the functions: what mypy cannot hold."""

from __future__ import annotations

import re
from pathlib import Path

SHARED = Path(__file__).parents[2] / "shared"
JSON = re.compile(r"(dict|Mapping)\[str, Any\]|(list|Sequence)\[Any\]")
"""Objects and lists of decoded JSON, whose values are of any type by nature."""


def test_any_says_why() -> None:
    """Beside every other `Any` is a comment that says what it stands for."""
    rows = [(path, line) for path in sorted(SHARED.rglob("*.py")) for line in path.read_text("utf-8").splitlines()]
    typed = [(path, line) for path, line in rows if not re.match(r"\s*from typing import|\s*\"\"\"", line)]
    silent = [
        (path.name, line) for path, line in typed if re.search(r"\bAny\b", JSON.sub("", line)) and "#" not in line
    ]
    assert silent == []
