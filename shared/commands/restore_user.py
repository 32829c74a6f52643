"""The command that reopens a sub-user, and its result."""

from typing import Literal

from pydantic import Field, model_validator

from shared.commands.command import PolicyCommand
from shared.commands.fields import LinkTtl, MaybePolicies, PublicKey, Text, Until, some_access
from shared.commands.result import Delivered


class RestoreUser(PolicyCommand):
    """Restore an offboarded sub-user, with new credentials and the given policies."""

    TYPE = "imaccess.user.restore"

    policies: MaybePolicies = Field([])
    email: Text | None = None
    language: Literal["zh", "en"] | None = None
    console_login: bool = True
    api_access: bool = True
    link_ttl: LinkTtl | None = None
    until: Until | None = None
    encrypt_to: PublicKey | None = None

    @model_validator(mode="after")
    def _some_access(self) -> "RestoreUser":
        some_access(console_login=self.console_login, api_access=self.api_access)
        return self


class Restored(Delivered):
    """The stored result of a restore. `superseded`: a newer event of the user's life was recorded, so nothing was
    done.
    """

    status: Literal["restored", "superseded"] = "restored"
    policies: list[str] = Field([])
    login_url: str | None = None
    until: str | None = None
    file: str | None = None
