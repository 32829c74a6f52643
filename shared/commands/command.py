"""The base classes of all commands, independent of transport and cloud."""

from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.commands.fields import Asked, Policies, Reason, UserName
from shared.errors import Rejected

C = TypeVar("C", bound="Command")


class Command(BaseModel):
    """The fields that every command has: the user, and why it was asked for. Unknown fields are an error; no type is
    converted.

    `reason`, `ticket`, `requested_by` and `approved_by` are stored with the request and sent in its notification. They
    never influence what is done.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)

    TYPE: ClassVar[str]
    """The CloudEvents `type` of this command."""
    ONLY_INSIDE: ClassVar[frozenset[str]] = frozenset()
    """Fields that callers may not set; for callers they are unknown fields."""

    user: UserName
    reason: Reason | None = None
    ticket: Asked | None = None
    requested_by: Asked | None = None
    approved_by: Asked | None = None

    def why(self) -> dict[str, str]:
        """The fields that say who asked for it and why, as far as they are set."""
        given = {name: getattr(self, name) for name in ("reason", "ticket", "requested_by", "approved_by")}
        return {name: value for name, value in given.items() if value}

    @classmethod
    def parse(cls: type[C], data: Any) -> C:  # noqa: ANN401 - whatever JSON gave
        """A command of a caller, from decoded JSON. Raises Rejected `invalid_command`, which names fields and rules,
        never values.
        """
        return cls._validated(data, context=None)

    @classmethod
    def inside(cls: type[C], data: Any) -> C:  # noqa: ANN401 - as above
        """A command that this project made or stored, which may set the fields in `ONLY_INSIDE`. Raises as `parse`."""
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
    """True for a command that gives policies, False for one that takes them away."""

    policies: Policies


def invalid(error: ValidationError) -> str:
    """The first five problems of a validation: fields and rules, never values."""
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(_problem(item["loc"], item["msg"]) for item in found[:5])


def _problem(where: tuple[int | str, ...], message: str) -> str:
    # The field name comes from the caller, too: it is cut, and shown in ASCII.
    path = ".".join(ascii(part)[1:-1] if isinstance(part, str) else str(part) for part in where)[:80]
    return f"{path}: {message}" if path else message
