"""What a trigger needs of the function behind it; the composition (shared/app.py) provides it."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from shared.clock import Clock
from shared.commands import Command
from shared.idempotency.request import Done, Request
from shared.settings import Settings


class DeadLetter(NamedTuple):
    """A message that was taken off its queue without success. `message` is the body as it came."""

    identity: tuple[str, ...]
    code: str
    reason: str
    retry: bool
    message: str


class Door(Protocol):
    """One function, for the length of one invocation."""

    @property
    def function(self) -> str:
        """The function's name, such as `create_user`."""

    @property
    def command(self) -> type[Command]:
        """The command that it carries out."""

    @property
    def settings(self) -> Settings:
        """The settings of this invocation."""

    @property
    def clock(self) -> Clock:
        """The time."""

    def admit(self, command: Command) -> None:
        """Check the command against the allow-list. Raises Rejected `policy_not_allowed`, Misconfigured."""

    def perform(self, request: Request[Command], *, link: bool = False) -> Done:
        """Do it, or replay it. `link`: the caller may be given one. Raises ImAccessError. For any thread."""

    def park(self, letter: DeadLetter) -> None:
        """Write a dead letter, once however often it is called. Raises Unavailable, CloudError."""

    def out_of_time(self) -> bool:
        """Whether the time limit is too near to start another request."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line, at a level of `MEANINGS` or `debug`."""
