"""The types of the commands' fields, with their checks."""

import unicodedata
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo
from pydantic_core import PydanticCustomError

from shared.clock import parse_rfc3339
from shared.credentials import encryption as recipients

USER_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$"


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("has control or other unprintable characters")
    return text


def _readable(text: str) -> str:
    """The text. Raises ValueError for unprintable characters; U+3000 counts as a space, and rare ideographs are
    printable.
    """
    if not all(char.isprintable() or unicodedata.category(char) == "Zs" or _ideograph(char) for char in text):
        raise ValueError("has control or other unprintable characters")
    return text


def _ideograph(char: str) -> bool:
    """Whether it is an ideograph that this Python version may not know, or a private character (GB 18030)."""
    known = "\U00020000" <= char <= "\U0003fffd" or "\ue000" <= char <= "\uf8ff"
    return known and ord(char) & 0xFFFE != 0xFFFE


def _free_text(text: str) -> str:
    """The text of a reason. Raises ValueError for control characters other than tabs and line breaks.

    Texts from chats and tickets contain emoji and right-to-left words. They are kept, and escaped where they are shown.
    """
    if any(unicodedata.category(char) == "Cc" and char not in "\t\n\r" for char in text):
        raise ValueError("has control or other unprintable characters")
    return text


def _no_repeats(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise ValueError("names a policy twice")
    return names


V = TypeVar("V")


def not_for_callers(value: V, info: ValidationInfo) -> V:
    """The value, if the command is made by this project. For callers the field is unknown."""
    if not info.context:
        raise PydanticCustomError("extra_forbidden", "Extra inputs are not permitted")
    return value


def _moment(text: str) -> str:
    parse_rfc3339(text)
    return text


def some_of_callers(names: list[str], info: ValidationInfo) -> list[str]:
    """The names. Callers have to give at least one."""
    if not (names or info.context):
        raise PydanticCustomError("too_short", "List should have at least 1 item after validation, not 0")
    return names


UserName = Annotated[str, StringConstraints(pattern=USER_PATTERN)]
MaybePolicies = Annotated[
    list[Annotated[str, StringConstraints(min_length=1, max_length=128)]],
    Field(max_length=20),
    AfterValidator(_no_repeats),
]
Policies = Annotated[MaybePolicies, Field(min_length=1)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)]
Reason = Annotated[str, StringConstraints(max_length=200), AfterValidator(_free_text)]
Asked = Annotated[str, StringConstraints(max_length=100), AfterValidator(_free_text)]
Remark = Annotated[str, StringConstraints(max_length=100), AfterValidator(_readable)]
LinkTtl = Annotated[int, Field(ge=60, le=43200)]
Until = Annotated[str, StringConstraints(max_length=40), AfterValidator(_moment)]
PublicKey = Annotated[
    str,
    StringConstraints(min_length=1, max_length=4096),
    AfterValidator(_printable),
    AfterValidator(recipients.normal),
]
"""Long enough for an RSA key of 16384 bits with its comment."""


def some_access(*, console_login: bool, api_access: bool) -> None:
    """Raise ValueError for a user with neither console login nor API access."""
    if not (console_login or api_access):
        raise ValueError("at least one of console_login and api_access must be true")
