"""One request: a command, who it is (for de-duplication) and when it happened (for ordering)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, Literal, TypeVar

from shared.commands import Command
from shared.identity import identity_hash, request_id
from shared.results import Result

C_co = TypeVar("C_co", bound=Command, covariant=True)
R_co = TypeVar("R_co", bound=Result, covariant=True)


@dataclass(frozen=True)
class Request(Generic[C_co]):
    """A command on its way through one function.

    `identity` names the request for its sender: `("cloudevents", source, id)`, `("webhook-id", id)`,
    `("idempotency-key", key)`, or the message's place in its queue. `time` is the event's own time in seconds since
    the epoch, or None where it has none: then the moment of its first receipt counts. `origin`: from a queue, a grant
    may have overtaken its create; over HTTP the caller is told.
    """

    function: str
    identity: tuple[str, ...]
    time: float | None
    command: C_co
    origin: Literal["http", "queue"] = "http"

    @cached_property
    def key(self) -> str:
        """The identity's hash, scoped to the function: 64 hex digits. The greater one wins where times are equal."""
        return identity_hash(self.function, self.identity)

    @property
    def id(self) -> str:
        """The request id of answers and logs: the same in every replay."""
        return request_id(self.function, self.identity)

    @cached_property
    def fingerprint(self) -> str:
        """The command's hash: the same identity with another fingerprint is refused."""
        return hashlib.sha256(self.command.model_dump_json().encode()).hexdigest()


@dataclass(frozen=True)
class Finished(Generic[R_co]):
    """What came of a request, and whether it had been finished before."""

    result: R_co
    replayed: bool
