"""The command that issues fresh credentials, and its result."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shared.commands.command import Command
from shared.commands.fields import LinkTtl, PublicKey, Text, some_access
from shared.commands.result import Delivered


class ReissueCredentials(Command):
    """Issue a new password and key for a sub-user; the old ones stop working."""

    TYPE = "imaccess.credentials.reissue"

    email: Text | None = None
    language: Literal["zh", "en"] | None = None
    console_login: bool = True
    api_access: bool = True
    link_ttl: LinkTtl | None = None
    encrypt_to: PublicKey | None = None
    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 0

    @model_validator(mode="after")
    def _some_access(self) -> "ReissueCredentials":
        some_access(console_login=self.console_login, api_access=self.api_access)
        return self


class Reissued(Delivered):
    """The stored result of a reissue. `overlap_until`: when the newest older key is deleted, RFC 3339; None where no
    older key works any more, or keys were not changed.
    """

    status: Literal["reissued"] = "reissued"
    login_url: str | None
    overlap_until: str | None
