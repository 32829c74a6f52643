"""The commands: what is asked, free of transport and cloud."""

import unicodedata
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic import Field as PydanticField
from pydantic_core import PydanticCustomError

from shared.clock import parse_rfc3339
from shared.credentials import encryption as recipients
from shared.errors import Rejected

USER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control or other unprintable characters")
    return text


def _readable(text: str) -> str:
    """What people write, in Chinese too: U+3000 is a space, and rare characters are in planes that grow each year."""
    if not all(char.isprintable() or unicodedata.category(char) == "Zs" or _ideograph(char) for char in text):
        raise ValueError("has control or other unprintable characters")
    return text


def _ideograph(char: str) -> bool:
    """Whether it is in the planes of ideographs, of which this Python may not know all, or private use (GB 18030)."""
    known = "\U00020000" <= char <= "\U0003fffd" or "\ue000" <= char <= "\uf8ff"
    return known and ord(char) & 0xFFFE != 0xFFFE


def _told(text: str) -> str:
    """What is kept and told as it is, in several lines too: chats and tickets have emoji, and words that run leftwards.

    Whoever shows it sees to that. Characters that control a terminal are in no reason; unpaired halves are in no text.
    """
    if any(unicodedata.category(char) == "Cc" and char not in "\t\n\r" for char in text):
        raise ValueError("has control or other unprintable characters")
    return text


def _no_repeats(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("names a policy twice")
    return names


V = TypeVar("V")


def _not_for_callers(value: V, info: ValidationInfo) -> V:
    if not info.context:
        raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")
    return value


def _moment(text: str) -> str:
    parse_rfc3339(text)
    return text


def _some_of_callers(names: list[str], info: ValidationInfo) -> list[str]:
    if not (names or info.context):
        raise PydanticCustomError("too_short", "List should have at least 1 item after validation, not 0")
    return names


UserName = Annotated[str, StringConstraints(pattern=USER_PATTERN)]
MaybePolicies = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=128)]],
    PydanticField(max_length=20),
    AfterValidator(_no_repeats),
]
Policies = Annotated[MaybePolicies, PydanticField(min_length=1)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)]
Reason = Annotated[str, StringConstraints(max_length=200), AfterValidator(_told)]
Asked = Annotated[str, StringConstraints(max_length=100), AfterValidator(_told)]
Remark = Annotated[str, StringConstraints(max_length=100), AfterValidator(_readable)]
LinkTtl = Annotated[int, PydanticField(ge=60, le=43200)]
Until = Annotated[str, StringConstraints(max_length=40), AfterValidator(_moment)]
PublicKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    AfterValidator(_printable),
    AfterValidator(recipients.normal),
]
"""Long enough for an RSA key of 16384 bits with its comment."""


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
        said = {name: getattr(self, name) for name in ("reason", "ticket", "requested_by", "approved_by")}
        return {name: value for name, value in said.items() if value}

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

    policies: Policies


def invalid(error: ValidationError) -> str:
    """What is wrong, in the first five places: fields and rules, never values."""
    found = error.errors(include_input=False, include_url=False)
    return "; ".join(_problem(item["loc"], item["msg"]) for item in found[:5])


def _problem(where: tuple[int | str, ...], message: str) -> str:
    # A field name is the caller's text too: cut, and shown in ASCII.
    path = ".".join(ascii(part)[1:-1] if isinstance(part, str) else str(part) for part in where)[:80]
    return f"{path}: {message}" if path else message


class CreateUser(PolicyCommand):
    """Create a sub-user, attach its policies, deliver its credentials. Only `inside` takes one without policies."""

    TYPE = "imaccess.user.create"

    policies: Annotated[MaybePolicies, AfterValidator(_some_of_callers)]
    remark: Remark | None = None
    email: Text | None = None
    phone: Text | None = None
    country_code: Text | None = None
    language: Literal["zh", "en"] | None = None
    console_login: bool = True
    api_access: bool = True
    link_ttl: LinkTtl | None = None
    until: Until | None = None
    encrypt_to: PublicKey | None = None

    @model_validator(mode="after")
    def _some_access(self) -> "CreateUser":
        return _with_some_access(self)


class GrantPolicy(PolicyCommand):
    """Attach policies to an existing sub-user; `until`: and take them away again then."""

    TYPE = "imaccess.policy.grant"

    until: Until | None = None


class RevokePolicy(PolicyCommand):
    """Detach policies from a sub-user."""

    TYPE = "imaccess.policy.revoke"


class OffboardUser(Command):
    """Close a sub-user at once, and delete it after a grace.

    What only `inside` takes: `keep`, do not delete it; `ended_at`, from when the grace counts instead of from the time
    of the event (seconds since the epoch).
    """

    TYPE = "imaccess.user.offboard"
    ONLY_INSIDE = frozenset({"keep", "ended_at"})

    delete_after_days: Annotated[int, PydanticField(ge=0, le=3650)] | None = None
    keep: Annotated[bool, AfterValidator(_not_for_callers)] = False
    ended_at: Annotated[int | None, AfterValidator(_not_for_callers)] = None


class RestoreUser(PolicyCommand):
    """Reopen a sub-user who was offboarded, with fresh credentials and the policies that are named here."""

    TYPE = "imaccess.user.restore"

    policies: MaybePolicies = []
    email: Text | None = None
    language: Literal["zh", "en"] | None = None
    console_login: bool = True
    api_access: bool = True
    link_ttl: LinkTtl | None = None
    until: Until | None = None
    encrypt_to: PublicKey | None = None

    @model_validator(mode="after")
    def _some_access(self) -> "RestoreUser":
        return _with_some_access(self)


class ReissueCredentials(Command):
    """A fresh password and key for a sub-user; what was lost stops working."""

    TYPE = "imaccess.credentials.reissue"

    email: Text | None = None
    language: Literal["zh", "en"] | None = None
    console_login: bool = True
    api_access: bool = True
    link_ttl: LinkTtl | None = None
    encrypt_to: PublicKey | None = None
    overlap_hours: Annotated[int, PydanticField(ge=0, le=168)] = 0

    @model_validator(mode="after")
    def _some_access(self) -> "ReissueCredentials":
        return _with_some_access(self)


D = TypeVar("D", CreateUser, RestoreUser, ReissueCredentials)


def _with_some_access(command: D) -> D:
    if not (command.console_login or command.api_access):
        raise ValueError("at least one of console_login and api_access must be true")
    return command
