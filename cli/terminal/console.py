"""What commands use: clients of the clouds with the operator's own keys, and output for people or programs."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any, TextIO, TypeVar

from cli.account import profile
from cli.account.network import http
from cli.account.own_container import OwnContainer, QuietContainer
from cli.account.variables import unknown
from cli.language import _
from cli.terminal import table
from cli.terminal.progress import Progress
from shared.bootstrap.instance import Instance
from shared.clock import Clock, SystemClock
from shared.concurrency import each
from shared.tencent.api import Api
from shared.tencent.cam import Cam
from shared.tencent.cos import Cos

S = TypeVar("S")
T = TypeVar("T")

MINUTES = 30
"""The time limit of a command, in minutes; a lease that a crash leaves behind holds for as long."""
EVERYTHING = 1_000_000
"""The most objects of one listing."""


class Declined(Exception):
    """The operator answered no, or there is no terminal on which to ask."""


@dataclass
class Console:
    """One run of a command. `changed`: what it has changed so far; this is printed when it is interrupted."""

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = field(default_factory=SystemClock)
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    source: TextIO = field(default_factory=lambda: sys.stdin)
    as_json: bool = False
    profile: str | None = None
    local_port: int | None = None
    changed: list[str] = field(default_factory=list)
    instance: Instance = field(default_factory=lambda: Instance(http()))

    @cached_property
    def progress(self) -> Progress:
        """The progress of long work."""
        return Progress(self.err, self.clock)

    @cached_property
    def environment(self) -> dict[str, str]:
        """The settings: those of the local cloud with `--local`, else the environment's, else the profile's.

        Raises Misconfigured, and LookupError if no local cloud answers.
        """
        if self.local_port is not None:
            return {**self.env, **profile.local(self.local_port)}
        path = profile.path_of(self.env, self.profile)
        found = {**(profile.read(path) if path else {}), **self.env}
        for name, nearest in unknown(found):
            hint = _("did you mean {name}?").format(name=nearest) if nearest else _("nothing reads it")
            self.warn(_("{name} is no setting: {hint}").format(name=name, hint=hint))
        return found

    def container(self, function: str = "operator") -> OwnContainer:
        """A container like a function's, with the keys and settings of the environment."""
        context = {"time_limit_in_ms": MINUTES * 60_000}
        return OwnContainer(function, context, self.environment, self.instance, self.clock)

    def quiet(self, function: str) -> QuietContainer:
        """The same container without a log, so that no log lines appear between the command's own."""
        context = {"time_limit_in_ms": MINUTES * 60_000}
        return QuietContainer(function, context, self.environment, self.instance, self.clock)

    def cos(self) -> Cos:
        """The bucket."""
        container = self.container()
        return container.store(container.deadline())

    def cam(self) -> Cam:
        """CAM, through the methods of this project."""
        return Cam(self.api())

    def api(self) -> Api:
        """CAM, STS and SCF, call by call."""
        container = self.container()
        return container.api(container.deadline())

    def each(self, work: Callable[[S], T], items: Sequence[S], what: str) -> list[T]:
        """Apply a function to each item in threads, with progress; returns the results in order."""
        done = count(1)

        def one(item: S) -> T:
            result = work(item)
            self.progress.advance(next(done), len(items), what)
            return result

        return each(one, items)

    def say(self, line: str) -> None:
        """Print a line for people; programs (`--json`) get none."""
        if not self.as_json:
            self.progress.stop()
            self.out.write(line + "\n")

    def warn(self, line: str) -> None:
        """Print a line on standard error."""
        self.progress.stop()
        self.err.write(f"im-access: {line}\n")
        self.err.flush()

    def show(self, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """Print a table for people, or a JSON list with every member for programs."""
        if self.as_json:
            self.show_json(list(rows))
        else:
            self.progress.stop()
            table.write(self.out, rows, columns)

    def show_json(self, value: object) -> None:
        """Print any value as JSON, for programs."""
        self.progress.stop()
        self.out.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")

    def confirm(self, question: str, *, yes: bool) -> None:
        """Ask the operator before something is taken away; `yes` answers for scripts. Raises Declined."""
        if yes:
            return
        self.progress.stop()
        if not self.source.isatty():
            raise Declined(_("Nobody is there to be asked. Nothing was changed; --yes goes on without a question."))
        self.err.write(f"{question} [y/N] ")
        self.err.flush()
        if self.source.readline().strip().lower() not in ("y", "yes", "是"):
            raise Declined(_("Nothing was changed."))
