"""What subcommands work with: the clouds, for the operator's own credentials, and output for people or machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

from cli.network import http
from shared.bootstrap import Container
from shared.clock import Clock, SystemClock
from shared.errors import Misconfigured
from shared.instance import Instance
from shared.policies.ledger import Ledger
from shared.tencent.cam import Cam
from shared.tencent.cos import Cos
from shared.tencent.role_credentials import RoleCredentials

MINUTES = 10
"""Within which a command is done; a claim that it leaves behind in a crash holds for as long."""
EVERYTHING = 1_000_000
"""Objects that a listing gives at most."""

KEYS = ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
_NO_KEYS = (
    "is missing: set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY to your own keys, and TENCENTCLOUD_SESSIONTOKEN "
    "where they are temporary"
)

_PROGRESS = 2.0
"""Seconds between two lines that say how far it is."""

OK = 0
DIFFERENT = 1
"""Something was found that wants attention: a dead letter that failed again, a difference, a failed check."""
USAGE = 2
UNAVAILABLE = 3
"""The cloud or the settings did not let the command do its work."""


class OwnContainer(Container):
    """The clouds as a person sees them, with keys of their own in place of an execution role's."""

    def credentials(self) -> RoleCredentials:
        """The keys in the person's environment. Raises Misconfigured, with advice for a person."""
        for name in KEYS:
            if not self.env.get(name, "").strip():
                raise Misconfigured(name, _NO_KEYS)
        return super().credentials()


@dataclass
class Console:
    """One run of the command."""

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    told_at: float = 0.0
    instance: Instance = field(default_factory=lambda: Instance(http()))

    def container(self, function: str = "operator") -> Container:
        """What a function works with, for the credentials and settings of the environment."""
        context = {"time_limit_in_ms": MINUTES * 60_000}
        return OwnContainer(function, context, self.env, self.instance, self.clock)

    def cos(self) -> Cos:
        """The bucket."""
        container = self.container()
        return container.store(container.deadline())

    def cam(self) -> Cam:
        """CAM."""
        container = self.container()
        return Cam(container.api(container.deadline()))

    def ledger(self) -> Ledger:
        """Who should have what, and the lives of users."""
        return Ledger(self.cos())

    def say(self, line: str) -> None:
        """One line for people; machines get none."""
        if not self.as_json:
            self.out.write(line + "\n")

    def progress(self, done: int, of: int) -> None:
        """How far long work has come, at most once in two seconds and beside the output; nothing for a single piece."""
        now = self.clock.now()
        self.told_at = self.told_at or now
        if of > 1 and done < of and now - self.told_at >= _PROGRESS:
            self.told_at = now
            self.err.write(f"{done} of {of}\n")
            self.err.flush()

    def show(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """A table for people, a JSON list with every member for machines."""
        if self.as_json:
            self.out.write(json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n")
            return
        text = [[_cell(row.get(column)) for column in columns] for row in rows]
        for line in _table([[column.upper().replace("_", " ") for column in columns], *text]):
            self.out.write(line + "\n")


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, list | tuple):
        return ", ".join(_cell(item) for item in value)
    # Names come from outside: what would move the cursor is shown escaped.
    text = str(value)
    return text if text.isprintable() else ascii(text)[1:-1]


def _table(rows: Sequence[Sequence[str]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
