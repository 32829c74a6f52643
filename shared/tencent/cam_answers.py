"""Reads CAM's answers: documented error codes and odd values. Codes are matched, texts never.

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
    """Call, and raise NoSuchUser, NoSuchPolicy or NameTaken for the codes that mean them."""
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
    """The parameters of a password, which is to be changed at the first login; none for None."""
    # Whoever read the file first, the password works once: its owner notices.
    return {"Password": password.reveal(), "NeedResetPassword": 1} if password else {}


def is_uin(value: object) -> bool:
    """Whether CAM names a user: it may answer with an empty or a zero UIN for nobody."""
    return str(value).isdecimal() and int(str(value)) > 0


def preset(row: dict[str, Any]) -> bool | None:
    """Whether a policy is Tencent's own (Type 2) or a custom one (Type 1); None where CAM does not say."""
    return {1: False, 2: True}.get(number(row.get("Type")))


def number(value: object) -> int:
    """A number that CAM may send as text; 0 for what is none."""
    text = str(value)
    return int(text) if text.isdecimal() else 0
