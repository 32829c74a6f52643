"""The results of a grant and of a revoke."""

from typing import Literal

from shared.commands.result import PolicyOutcome, Result, UserRef


class Changed(Result):
    """The result of a grant or a revoke. `until`: when a grant ends, RFC 3339; None without an end."""

    status: Literal["granted", "revoked", "unchanged"]
    user: UserRef
    policies: list[PolicyOutcome]
    until: str | None = None


class Revoked(Changed):
    """The result of a revoke. `still_attached`: the names of the policies that are still attached directly, sorted."""

    still_attached: list[str]
