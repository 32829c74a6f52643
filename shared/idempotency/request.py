"""One request: a command, its identity (for de-duplication), its time (for ordering), and its caller."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Any, Generic, Literal, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.request_identity import identity_hash, request_id

C_co = TypeVar("C_co", bound=Command, covariant=True)
R_co = TypeVar("R_co", bound=Result, covariant=True)

Origin = Literal["http", "queue"]


class Request(Generic[C_co]):
    """A command for one function, with its identity.

    `identity` names the request: `("cloudevents", source, id)`, `("webhook-id", id)`, `("idempotency-key", key)`, or
    the message's place in its queue. `time`: the event's own time in seconds since the epoch; None where it has none,
    then the time of its first receipt counts. `origin`: a grant from a queue may come before its create; over HTTP the
    caller gets an error. `caller`: the name of the secret that signed the request, "" where secrets have no names or
    nobody signs. `received_at`: the time of the first receipt, where it is known from elsewhere, such as a dead letter.
    """

    def __init__(
        self,
        function: str,
        identity: tuple[str, ...],
        time: float | None,
        command: C_co,
        origin: Origin = "http",
        caller: str = "",
        received_at: float | None = None,
    ) -> None:
        self.function = function
        self.identity = identity
        self.time = time
        self.command = command
        self.origin = origin
        self.caller = caller
        self.received_at = received_at

    @cached_property
    def key(self) -> str:
        """The hash of the function and the identity: 64 hex digits. At equal times the greater key wins."""
        return identity_hash(self.function, self.identity)

    @property
    def id(self) -> str:
        """The request id in answers and logs, the same in every replay."""
        return request_id(self.function, self.identity)

    def received(self, first_at: float) -> float:
        """When the request was first received: at its first attempt, or earlier if its dead letter says so."""
        return first_at if self.received_at is None else min(first_at, self.received_at)

    @cached_property
    def sent(self) -> dict[str, Any]:
        """The command as JSON, without fields that have their default, so that later versions read the same."""
        return self.command.model_dump(mode="json", exclude_defaults=True)

    @cached_property
    def fingerprint(self) -> str:
        """The hash of the command. The same identity with another fingerprint is refused.

        The order of policies does not matter, nor does a field that a later version adds with its default.
        """
        normal = self.sent | {"policies": sorted(self.sent.get("policies", ()))}
        return hashlib.sha256(json.dumps(normal, sort_keys=True).encode()).hexdigest()


class Finished(Generic[R_co]):
    """A request's result; whether it is the result of an earlier execution; and the caller who sent it first."""

    def __init__(self, result: R_co, *, replayed: bool, caller: str = "") -> None:
        self.result = result
        self.replayed = replayed
        self.caller = caller
