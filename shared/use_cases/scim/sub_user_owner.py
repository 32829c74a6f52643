"""Checks whether the sub-user with the name of a SCIM user in CAM was created for this SCIM user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from shared.idempotency.cause import Cause
from shared.request_identity import identity_hash

if TYPE_CHECKING:
    from shared.scim.resource_records import LifeChange, UserRecord
    from shared.use_cases.scim.ports import Ports

Owner = Literal["own", "gone", "other", "unborn"]

_CREATE_USER = "create_user"


def creation(record: UserRecord, life: LifeChange) -> Cause:
    """The cause of the create that makes a user's sub-user."""
    identity = ("scim", "user", record.id, str(life.n), record.sub_user)
    return Cause(identity, life.time / 1_000_000, life.caller)


def owner_of(record: UserRecord, ports: Ports) -> Owner:
    """`own`: the sub-user was created for this user; `gone`: it was, and is deleted; `other`: the name belongs to
    somebody else; `unborn`: none was created yet. Raises Unavailable.

    The name is not enough: somebody may have deleted the sub-user in CAM and created another one with its name.
    """
    if record.birth is None:
        return "unborn"
    person, rows = ports.find_sub_user(record.sub_user)
    key = identity_hash(_CREATE_USER, creation(record, record.birth).identity)
    own = next((row.life.uin for row in rows if row.life.effect == "create" and row.life.request == key), None)
    if person is None:
        return "unborn" if own is None else "gone"
    if own is None:
        # Either the create died before it recorded the user, or the name belongs to somebody else.
        return "unborn" if not rows else "other"
    return "own" if person.user.uin == own else "other"
