"""The errors in SCIM answers (RFC 7644, 3.12). In the body `status` is a text; `scimType` is a word of the standard, if
it has one for the case.
"""

from __future__ import annotations

from typing import Any, Literal

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"

ScimType = Literal[
    "",
    "invalidFilter",
    "tooMany",
    "uniqueness",
    "mutability",
    "invalidSyntax",
    "invalidPath",
    "noTarget",
    "invalidValue",
]


class ScimError(Exception):
    """A request that is answered with an error. `detail` is for people; it holds no secret and no text of the body."""

    def __init__(
        self, status: int, detail: str, scim_type: ScimType = "", *, retry_after: int | None = None, allow: str = ""
    ) -> None:
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.retry_after = retry_after
        self.allow = allow
        super().__init__(f"{status} {scim_type}".strip())

    def body(self) -> dict[str, Any]:
        """The error in the form of SCIM."""
        kind = {"scimType": self.scim_type} if self.scim_type else {}
        return {"schemas": [ERROR], "status": str(self.status), **kind, "detail": self.detail}


def bad_value(detail: str) -> ScimError:
    """The error for a value that an attribute cannot have."""
    return ScimError(400, detail, "invalidValue")


def not_found() -> ScimError:
    """The error for a resource that does not exist, or not any more."""
    return ScimError(404, "There is no such resource")
