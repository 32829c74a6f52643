"""The stored form of users and groups. Each version of a resource is its own object, which is created once.

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
    """The newest change in a user's life: created, restored, suspended or deleted. The command for CAM is made from it.

    `n`: the version of the record that brought it; `time`: microseconds since the epoch; `policies`: those of a create
    or a restore; `email` and `language`: for the mail with the credentials; `caller`: the name of the token.
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
    """One version of a resource. `change`: random, to distinguish it from the same version number of another writer;
    `values`: the attributes; `external_ids`: the externalId of each client, by the name of its token.
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
        """The userName or displayName, which is unique for its kind."""
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
        """The record with these members. Raises ImAccessError `record_unreadable`."""
        try:
            return cls.model_validate(members)
        except ValidationError:
            raise _unreadable() from None


class UserRecord(Record):
    """A user. `sub_user`: the name in CAM, which stays once the sub-user is created; `birth`: the change for which the
    sub-user was to be created, None for a user who was never active.

    `stay`: how often the user was created or came back. A membership counts only for the stay in which it was added.
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
    """A group; `members`: the ids of users, each with the stay in which it was added."""

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
