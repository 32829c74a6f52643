"""The command that closes a sub-user, and its result."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from shared.commands.command import Command
from shared.commands.fields import not_for_callers
from shared.commands.result import PolicyOutcome, Result, UserRef


class OffboardUser(Command):
    """Close a sub-user at once, and delete it after a grace.

    Fields only for `inside`: `keep`: do not delete the user; `ended_at`: the grace counts from this time (seconds since
    the epoch) instead of the event's time; `uin`: close only this user, whoever has the name now.
    """

    TYPE = "imaccess.user.offboard"
    ONLY_INSIDE = frozenset({"keep", "ended_at", "uin"})

    delete_after_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    keep: Annotated[bool, AfterValidator(not_for_callers)] = False
    ended_at: Annotated[int | None, AfterValidator(not_for_callers)] = None
    uin: Annotated[int | None, AfterValidator(not_for_callers)] = None


class Left(Result):
    """What an offboarded user still has, because this project may not remove it: names, sorted."""

    policies: list[str] = Field([])
    groups: list[str] = Field([])


class Offboarded(Result):
    """The result of an offboard. `keys_disabled`: the number of API keys that worked before; `delete_at`: RFC 3339, or
    None where the user will not be deleted; `console_login`: None where there was no user to close.
    """

    status: Literal["offboarded", "unchanged", "superseded"]
    user: UserRef
    policies: list[PolicyOutcome] = Field([])
    keys_disabled: int = 0
    console_login: Literal["closed"] | None = None
    left: Left = Field(default_factory=Left)
    delete_at: str | None = None
