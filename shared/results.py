"""The results of the commands, and their form in answers and notifications."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.clock import rfc3339
from shared.credentials.link import Link

Outcome = Literal["attached", "detached", "unchanged", "superseded"]


class Result(BaseModel):
    """The result of a command; it is stored in the receipt, so it holds no secrets."""

    model_config = ConfigDict(defer_build=True)


class PolicyOutcome(Result):
    """The outcome of one policy of a grant or a revoke."""

    name: str
    outcome: Outcome


class UserRef(Result):
    """A sub-user: its name, and its UIN or None for a user that does not exist."""

    name: str
    uin: int | None


class Changed(Result):
    """The result of a grant or a revoke. `until`: when it ends, for those that end, as in all results; RFC 3339."""

    status: Literal["granted", "revoked", "unchanged"]
    user: UserRef
    policies: list[PolicyOutcome]
    until: str | None = None


class Revoked(Changed):
    """The result of a revoke. `still_attached`: names of the policies that are attached directly after it, in order."""

    still_attached: list[str]


class Left(Result):
    """What an offboarded user still has and this project may not remove: names, in order."""

    policies: list[str] = []
    groups: list[str] = []


class Offboarded(Result):
    """The result of an offboard. `keys_disabled`: API keys that worked until then; `delete_at`: RFC 3339, or None where
    nothing will be deleted; `console_login` is None where nobody was closed.
    """

    status: Literal["offboarded", "unchanged", "superseded"]
    user: UserRef
    policies: list[PolicyOutcome] = []
    keys_disabled: int = 0
    console_login: Literal["closed"] | None = None
    left: Left = Field(default_factory=Left)
    delete_at: str | None = None


class Delivered(Result):
    """A result with credentials: `file` is the object key of their file, which no answer names; None where nothing was
    delivered after all.
    """

    user: UserRef
    file: str | None


class Created(Delivered):
    """The lasting result of a create: everything but the secrets."""

    status: Literal["created"] = "created"
    policies: list[str]
    login_url: str | None
    until: str | None = None


class Restored(Delivered):
    """The lasting result of a restore; `superseded`: something newer has happened in the user's life, so nothing was
    done.
    """

    status: Literal["restored", "superseded"] = "restored"
    policies: list[str] = []
    login_url: str | None = None
    until: str | None = None
    file: str | None = None


class Reissued(Delivered):
    """The lasting result of a reissue. `overlap_until`: RFC 3339, when the newest older key is deleted; None where no
    older key works any more, or keys were left as they are.
    """

    status: Literal["reissued"] = "reissued"
    login_url: str | None
    overlap_until: str | None


def describe(request_id: str, result: Result, link: Link | None) -> dict[str, Any]:
    """The content of the answer and of the notification of a finished request; `link` leads to its credentials."""
    told = result.model_dump(exclude={"file"})
    if told.get("until", "") is None:
        del told["until"]
    members = {"request_id": request_id, "status": told.pop("status"), **told}
    if isinstance(result, Delivered):
        members["credentials"] = credentials(link)
    return members


def credentials(link: Link | None) -> dict[str, str] | None:
    """The `credentials` of an answer or a notification: the link and its end; None where there is no link."""
    return {"url": link.url.reveal(), "expires_at": rfc3339(link.expires_at)} if link else None
