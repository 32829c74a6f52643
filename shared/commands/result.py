"""The results of commands, and their form in answers and notifications."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from shared.clock import rfc3339
from shared.credentials.link import Link

Outcome = Literal["attached", "detached", "unchanged", "superseded"]


class Result(BaseModel):
    """The result of a command. It is stored in the receipt, so it holds no secrets."""

    model_config = ConfigDict(defer_build=True)


class PolicyOutcome(Result):
    """The outcome of one policy of a grant or a revoke."""

    name: str
    outcome: Outcome


class UserRef(Result):
    """A sub-user: its name, and its UIN, or None for a user that does not exist."""

    name: str
    uin: int | None


class Delivered(Result):
    """A result with credentials. `file`: the object key of the credentials file, which no answer shows; None where
    nothing was delivered.
    """

    user: UserRef
    file: str | None


def describe(request_id: str, result: Result, link: Link | None) -> dict[str, Any]:
    """The content of the answer, or of the notification, of a finished request; `link` leads to the credentials."""
    members = result.model_dump(exclude={"file"})
    if members.get("until", "") is None:
        del members["until"]
    members = {"request_id": request_id, "status": members.pop("status"), **members}
    if isinstance(result, Delivered):
        members["credentials"] = credentials(link)
    return members


def credentials(link: Link | None) -> dict[str, str] | None:
    """The `credentials` of an answer or notification: the link and its end; None without a link."""
    return {"url": link.url.reveal(), "expires_at": rfc3339(link.expires_at)} if link else None
