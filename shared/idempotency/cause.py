"""Why the product carries out a command on its own account: for SCIM, an HR event, or a date that has come."""

from __future__ import annotations

from typing import NamedTuple

from shared.idempotency.request import Origin


class Cause(NamedTuple):
    """Why a command is carried out.

    `identity` names the decision: the same one is done once. Its first part says whose it is (`scim`, `hr`, `until`),
    so that it never meets an identity that a caller chose. `time`: of the event, in seconds since the epoch; None where
    it has none. `caller` is kept with the request. With the origin `queue` a grant may come before its create.
    """

    identity: tuple[str, ...]
    time: float | None = None
    caller: str = ""
    origin: Origin = "http"
