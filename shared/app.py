"""A function from the outside: what the platform calls, and the door that its triggers knock at."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from shared import commands
from shared.clock import Clock, SystemClock
from shared.commands import Changed, Command
from shared.deadline import Deadline
from shared.entrypoints.detect import handle
from shared.entrypoints.door import DeadLetter
from shared.event_sources import dead_letters
from shared.idempotency.request import Done, Request
from shared.invocation import Invocation
from shared.site import Warm, instance
from shared.wiring import Work

COMMANDS: dict[str, type[Command]] = {
    "create_user": commands.CreateUser,
    "grant_policy": commands.GrantPolicy,
    "revoke_policy": commands.RevokePolicy,
}
_SCARCE = {"create_user": "AttachUserPolicy", "grant_policy": "AttachUserPolicy", "revoke_policy": "DetachUserPolicy"}
"""The action that a function calls once for each policy and whose quota is the lowest: it sets the pace of a batch."""


def run(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """One invocation of a function on the platform."""
    return handle(event, context, App(function, context, os.environ, instance(), SystemClock()))


class App(Invocation):
    """A function that carries out a command: what its trigger knocks at."""

    def __init__(self, function: str, context: Any, env: Mapping[str, str], warm: Warm, clock: Clock) -> None:  # noqa: ANN401 - as above
        super().__init__(function, context, env, warm, clock)
        self.command = COMMANDS[function]
        self._told: dict[str, dict[str, Any]] = {}

    def admit(self, command: Command) -> None:
        """Hold the command against the guard. Raises Rejected `policy_not_allowed`, `user_protected`, Misconfigured."""
        self._site().guard().admit(command)

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line, with what is known of its request."""
        told = self._told.pop(str(values.get("request_id")), {})
        super().log(event, level=level, **(told | values))

    def perform(self, request: Request[Command], *, link: bool = False) -> Done:
        """Do it, or replay it. Raises ImAccessError. Safe to call from several threads."""
        slots, calls = self._warm.rate_limiter.concurrency(_SCARCE[self.function]), len(request.command.policies)
        slots.acquire(calls, self.reserve, self.out_of_time)
        started, deadline, replayed = self.clock.now(), Deadline(self.clock, self._ends_at), False
        told = self._told[request.id] = {"user": request.command.user}
        try:
            done = Work(self._site(), request, deadline).done(link=link)
            told["result"] = done.result.status if isinstance(done.result, Changed) else "created"
            replayed = done.replayed
        finally:
            took = self.clock.now() - started
            told["milliseconds"] = round(took * 1000)
            told["calls"] = sum(deadline.calls.values())
            slots.release(calls, 0.0 if replayed else took - deadline.waited, self.reserve)
        return done

    def park(self, letter: DeadLetter) -> None:
        """Write a dead letter, once however often it is called. Raises Unavailable, CloudError."""
        dead_letters.park(
            self._site().cos(Deadline(self.clock, self._ends_at)),
            self.clock,
            function=self.function,
            identity=letter.identity,
            code=letter.code,
            reason=letter.reason,
            retry=letter.retry,
            message=letter.message,
        )

    def _named(self) -> dict[str, str]:
        return {"command": self.command.TYPE}
