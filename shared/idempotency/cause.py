"""The cause of a command that the product itself carries out: for SCIM, an HR event, or a date that has come."""

from __future__ import annotations

from typing import NamedTuple

from shared.idempotency.request import Origin


class Cause(NamedTuple):
    """Why the product carries out a command.

    `identity` names the decision; a command with the same identity is done once. Its first part says where it comes
    from (`scim`, `hr`, `until`), so it can never equal an identity of a caller. `time`: the time of the event in
    seconds since the epoch, or None. `caller` is stored with the request. With the origin `queue`, a grant may come
    before its create.
    """

    identity: tuple[str, ...]
    time: float | None = None
    caller: str = ""
    origin: Origin = "http"
