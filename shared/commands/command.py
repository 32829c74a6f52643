"""What all commands have in common, free of transport and cloud."""

from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.commands.fields import Asked, Policies, Reason, UserName
from shared.errors import Rejected

C = TypeVar("C", bound="Command")


class Command(BaseModel):
    """What every command has: a user, and why it was asked for. Unknown fields are an error; nothing is coerced.

    `reason`, `ticket`, `requested_by` and `approved_by` are kept with the request and told in its notification; nothing
    is ever decided by them.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    TYPE: ClassVar[str]
    """The CloudEvents `type` of this command."""
    ONLY_INSIDE: ClassVar[frozenset[str]] = frozenset()
    """Fields that callers may not set: to them they are unknown."""

    user: UserName
    reason: Reason | None = None
    ticket: Asked | None = None
    requested_by: Asked | None = None
    approved_by: Asked | None = None

    def why(self) -> dict[str, str]:
        """Who asked for it and for what reason, as far as that was said."""
        given = {name: getattr(self, name) for name in ("reason", "ticket", "requested_by", "approved_by")}
        return {name: value for name, value in given.items() if value}

    @classmethod
    def parse(cls: type[C], data: Any) -> C:  # noqa: ANN401 - whatever JSON gave
        """A caller's command in decoded JSON. Raises Rejected `invalid_command`: fields and rules, never values."""
        return cls._validated(data, context=None)

    @classmethod
    def inside(cls: type[C], data: Any) -> C:  # noqa: ANN401 - as above
        """A command that was made or stored here, which may ask for what callers may not. Raises as `parse`."""
        return cls._validated(data, context={"inside": True})

    @classmethod
    def _validated(cls: type[C], data: Any, context: dict[str, bool] | None) -> C:  # noqa: ANN401 - as above
        try:
            return cls.model_validate(data, context=context)
        except ValidationError as error:
            raise Rejected("invalid_command", invalid(error)) from None


class PolicyCommand(Command):
    """A command about policies."""

    GIVES: ClassVar[bool] = True
    """Whether it gives them; else it takes them away."""

    policies: Policies


def invalid(error: ValidationError) -> str:
    """What is wrong, in the first five places: fields and rules, never values."""
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(_problem(item["loc"], item["msg"]) for item in found[:5])


def _problem(where: tuple[int | str, ...], message: str) -> str:
    # A field name is the caller's text too: cut, and shown in ASCII.
    path = ".".join(ascii(part)[1:-1] if isinstance(part, str) else str(part) for part in where)[:80]
    return f"{path}: {message}" if path else message
