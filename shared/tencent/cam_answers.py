"""Reads CAM's answers: documented error codes and unusual values. Errors are recognised by code, never by text.

Shapes and codes: https://cloud.tencent.com/document/product/598 (each action's page).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.errors import CloudError
from shared.ports import NameTaken, NoSuchPolicy, NoSuchUser
from shared.secret import Secret

NO_USER = frozenset(
    ("ResourceNotFound.UserNotExist", "InvalidParameter.UserNotExist", "ResourceNotFound.UserNotExists")
)
NO_POLICY = frozenset(
    ("ResourceNotFound.PolicyIdNotFound", "InvalidParameter.PolicyIdNotExist", "InvalidParameter.PolicyIdError")
)
NAME_TAKEN = "InvalidParameter.SubUserNameInUse"
NO_KEY = "ResourceNotFound.SecretNotExist"


def with_known_errors(
    call: Callable[[str, str, dict[str, Any]], dict[str, Any]], action: str, params: dict[str, Any]
) -> dict[str, Any]:
    """Make a call, and raise NoSuchUser, NoSuchPolicy or NameTaken for the codes that mean them."""
    try:
        return call("cam", action, params)
    except CloudError as error:
        if error.cloud_code in NO_USER:
            raise NoSuchUser(action, error.cloud_code) from None
        if error.cloud_code in NO_POLICY:
            raise NoSuchPolicy(action, error.cloud_code) from None
        if error.cloud_code == NAME_TAKEN:
            raise NameTaken(action, error.cloud_code) from None
        raise


def password_params(password: Secret | None) -> dict[str, Any]:
    """The parameters for a password, which has to be changed at the first login; empty for None."""
    # The first login changes the password. So if somebody else used it first, the owner notices.
    return {"Password": password.reveal(), "NeedResetPassword": 1} if password else {}


def is_uin(value: object) -> bool:
    """Whether the value is a user's UIN: for an unknown user CAM may answer with an empty UIN or 0."""
    return str(value).isdecimal() and int(str(value)) > 0


def preset(row: dict[str, Any]) -> bool | None:
    """True for one of Tencent's own policies (Type 2), False for a custom one (Type 1), None where CAM does not say."""
    return {1: False, 2: True}.get(number(row.get("Type")))


def number(value: object) -> int:
    """A number, which CAM may send as text; 0 for anything else."""
    text = str(value)
    return int(text) if text.isdecimal() else 0
