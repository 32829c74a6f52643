"""The command that closes a sub-user, and its result."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.commands.command import Command
from shared.commands.fields import not_for_callers
from shared.commands.result import PolicyOutcome, Result, UserRef


class OffboardUser(Command):
    """Close a sub-user at once, and delete it after a grace.

    What only `inside` takes: `keep`, do not delete it; `ended_at`, from when the grace counts instead of from the time
    of the event (seconds since the epoch); `uin`, close this user alone, whoever has its name by now.
    """

    TYPE = "imaccess.user.offboard"
    ONLY_INSIDE = frozenset({"keep", "ended_at", "uin"})

    delete_after_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    keep: Annotated[bool, AfterValidator(not_for_callers)] = False
    ended_at: Annotated[int | None, AfterValidator(not_for_callers)] = None
    uin: Annotated[int | None, AfterValidator(not_for_callers)] = None


class Left(Result):
    """What an offboarded user still has and this project may not remove: names, in order."""

    policies: list[str] = Field([])
    groups: list[str] = Field([])


class Offboarded(Result):
    """The result of an offboard. `keys_disabled`: API keys that worked until then; `delete_at`: RFC 3339, or None where
    nothing will be deleted; `console_login` is None where nobody was closed.
    """

    status: Literal["offboarded", "unchanged", "superseded"]
    user: UserRef
    policies: list[PolicyOutcome] = Field([])
    keys_disabled: int = 0
    console_login: Literal["closed"] | None = None
    left: Left = Field(default_factory=Left)
    delete_at: str | None = None
