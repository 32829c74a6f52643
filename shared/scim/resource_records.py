"""The stored form of users and groups. Each version of a resource is an object of its own, created once.

scim/users/<id>/<inverted n>.json, scim/groups/<id>/<inverted n>.json
"""

from __future__ import annotations

import json
from typing import Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.errors import ImAccessError, Unavailable
from shared.scim.input_values import Values

VERSION = 1
Effect = Literal["create", "restore", "suspend", "offboard"]

R = TypeVar("R", bound="Record")


class LifeChange(BaseModel):
    """The newest change in a user's life: made, restored, suspended or deleted. The command for it follows from this.

    `n`: the version of the record that brought it; `time`: microseconds since the epoch; `policies`: what a create or a
    restore gives; `email` and `language`: where its credentials may be mailed; `caller`: the token's name.
    """

    model_config = ConfigDict(defer_build=True)

    effect: Effect
    n: int
    time: int
    policies: list[str] = []
    email: str | None = None
    language: Literal["zh", "en"] | None = None
    caller: str = ""


class Record(BaseModel):
    """One version of a resource. `change` is random, and differs from that of another writer's version of the same
    number; `values` are the attributes, `external_ids` the externalId of each client, by the name of its token.
    """

    model_config = ConfigDict(defer_build=True)

    KIND: ClassVar[Literal["users", "groups"]]
    NAMED_BY: ClassVar[str]

    id: str
    version: int
    change: str
    values: Values
    external_ids: dict[str, str] = {}
    created: str
    modified: str
    deleted: bool = False

    @property
    def name(self) -> str:
        """The userName or displayName, which no other resource of its kind has."""
        return str(self.values.get(self.NAMED_BY, ""))

    @property
    def folded(self) -> str:
        """The name in the form in which names are compared."""
        return self.name.casefold()

    def dump(self) -> bytes:
        """What is stored."""
        return json.dumps({"v": VERSION, **self.model_dump(mode="json")}, separators=(",", ":")).encode()

    @classmethod
    def load(cls: type[R], body: bytes) -> R:
        """What was stored. Raises ImAccessError `record_unreadable`, Unavailable."""
        return cls.of(read_record(body))

    @classmethod
    def of(cls: type[R], members: dict[str, Any]) -> R:
        """The record that these members are. Raises ImAccessError `record_unreadable`."""
        try:
            return cls.model_validate(members)
        except ValidationError:
            raise _unreadable() from None


class UserRecord(Record):
    """A user. `sub_user` is the name in CAM, which stays once it is made; `birth` is the change of life by which it was
    to be made there, None for a user who never was active.

    `stay` counts how often the person came: memberships of an earlier stay are none.
    """

    KIND = "users"
    NAMED_BY = "userName"

    sub_user: str
    birth: LifeChange | None = None
    stay: int = 1
    life: LifeChange

    @property
    def active(self) -> bool:
        """Whether the person has access."""
        return self.values.get("active") is True and not self.deleted


class GroupRecord(Record):
    """A group; `members` are the ids of users, with the stay in which each was added."""

    KIND = "groups"
    NAMED_BY = "displayName"

    members: dict[str, int] = {}
    time: int = 0


def read_record(body: bytes) -> dict[str, Any]:
    """The members of an object of this version. Raises ImAccessError `record_unreadable`, Unavailable."""
    try:
        record = json.loads(body)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise Unavailable("The store answered with garbage")
    if record.get("v") != VERSION:
        raise _unreadable()
    return record


def _unreadable() -> ImAccessError:
    return ImAccessError("record_unreadable", "A SCIM resource in the bucket is of a version that is not known here")
