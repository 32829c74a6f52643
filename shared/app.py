"""A function from the outside: what the platform calls, and the door that its triggers knock at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from shared import commands, log
from shared.access import dead_letters
from shared.clock import Clock, SystemClock
from shared.cloud.budget import Budget
from shared.commands import Changed, Command
from shared.errors import Misconfigured
from shared.request import Done, Request
from shared.settings import Settings
from shared.triggers.dispatch import handle
from shared.triggers.door import DeadLetter
from shared.wiring import Site, Warm, Work

COMMANDS: dict[str, type[Command]] = {
    "create_user": commands.CreateUser,
    "grant_policy": commands.GrantPolicy,
    "revoke_policy": commands.RevokePolicy,
}
_UNKNOWN_LIMIT = 30_000
"""Milliseconds, where the context tells no time limit. Too long is safe: a crashed claim only blocks for longer."""
_LAST_START = 5.0
"""Seconds before the time limit after which a batch starts no further message."""

_warm: Warm | None = None


def run(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """One invocation of a function on the platform."""
    global _warm  # noqa: PLW0603 - the one thing that outlives an invocation
    _warm = _warm or Warm()
    return handle(event, context, App(function, context, os.environ, _warm, SystemClock()))


class App:
    """A function for the length of one invocation: what its trigger knocks at."""

    def __init__(self, function: str, context: Any, env: Mapping[str, str], warm: Warm, clock: Clock) -> None:  # noqa: ANN401 - as above
        log.silence_libraries()
        self.function = function
        self.command = COMMANDS[function]
        self.settings = Settings(dict(env))
        self.clock = clock
        self._started = clock.now()
        self._deadline = self._started + _time_limit(context) / 1000
        self._env = env
        self._warm = warm
        self._told: dict[str, dict[str, Any]] = {}
        self._log: Any = None

    def admit(self, command: Command) -> None:
        """Hold the command against the guard. Raises Rejected `policy_not_allowed`, `user_protected`, Misconfigured."""
        self._site().guard().admit(command)

    def out_of_time(self) -> bool:
        """Whether the time limit is too near to start another request."""
        limit = self._deadline - self._started
        return self._deadline - self.clock.now() < min(_LAST_START, limit / 2)

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line, with what is known of its request."""
        if self._log is None:
            self._log = log.get(_log_level(self.settings), function=self.function, command=self.command.TYPE)
        told = self._told.pop(str(values.get("request_id")), {})
        spent = {"milliseconds": round((self.clock.now() - self._started) * 1000)}
        getattr(self._log, level)(event, **(spent | told | values))

    def perform(self, request: Request[Command], *, link: bool = False) -> Done:
        """Do it, or replay it. Raises ImAccessError. Safe to call from several threads."""
        started, budget = self.clock.now(), Budget(self.clock, self._deadline)
        told = self._told[request.id] = {"user": request.command.user}
        try:
            done = Work(self._site(), request, budget).done(link=link)
            told["result"] = done.result.status if isinstance(done.result, Changed) else "created"
        finally:
            told["milliseconds"] = round((self.clock.now() - started) * 1000)
            told["calls"] = sum(budget.calls.values())
        return done

    def park(self, letter: DeadLetter) -> None:
        """Write a dead letter, once however often it is called. Raises Unavailable, CloudError."""
        dead_letters.park(
            self._site().cos(Budget(self.clock, self._deadline)),
            self.clock,
            function=self.function,
            identity=letter.identity,
            code=letter.code,
            reason=letter.reason,
            retry=letter.retry,
            message=letter.message,
        )

    def _site(self) -> Site:
        return Site(self.function, self.settings, self._env, self._warm, self.clock, self._deadline)


def _time_limit(context: Any) -> int:  # noqa: ANN401 - whatever the platform passes
    limit = context.get("time_limit_in_ms") if isinstance(context, dict) else None
    return limit if isinstance(limit, int) and limit > 0 else _UNKNOWN_LIMIT


def _log_level(settings: Settings) -> str:
    try:
        return settings.log_level
    except Misconfigured:
        return "INFO"
