"""The results of a grant and of a revoke."""

from typing import Literal

from shared.commands.result import PolicyOutcome, Result, UserRef


class Changed(Result):
    """The result of a grant or a revoke. `until`: when it ends, for those that end, as in all results; RFC 3339."""

    status: Literal["granted", "revoked", "unchanged"]
    user: UserRef
    policies: list[PolicyOutcome]
    until: str | None = None


class Revoked(Changed):
    """The result of a revoke. `still_attached`: names of the policies that are attached directly after it, in order."""

    still_attached: list[str]
