"""The command that creates a sub-user, and its result."""

from typing import Annotated, Literal

from pydantic import AfterValidator, model_validator

from shared.commands.command import PolicyCommand
from shared.commands.fields import LinkTtl, MaybePolicies, PublicKey, Remark, Text, Until, some_access, some_of_callers
from shared.commands.result import Delivered


class CreateUser(PolicyCommand):
    """Create a sub-user, attach its policies, deliver its credentials. Without policies only by `inside`."""

    TYPE = "imaccess.user.create"

    policies: Annotated[MaybePolicies, AfterValidator(some_of_callers)]
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
        some_access(console_login=self.console_login, api_access=self.api_access)
        return self


class Created(Delivered):
    """The stored result of a create: everything except the secrets."""

    status: Literal["created"] = "created"
    policies: list[str]
    login_url: str | None
    until: str | None = None
