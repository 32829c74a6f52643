"""The steps of a person: what was decided, recorded before any of it is done, and its outcome.

    people/<source>/<employee>/step-<inverted n>-begun.json   the commands, and the rules and version that decided
    people/<source>/<employee>/step-<inverted n>-done.json    the outcome

A step has a few commands. Their identities are made from the number of the step, so every process that finds an
unfinished step can finish it, and no command is done twice. Only the newest step counts. Older ones are deleted once it
is done, because the requests keep the reasons.
"""

from __future__ import annotations

import json
import re
from typing import Any, Literal, NamedTuple

from shared.people.life import VERSION, read, unreadable
from shared.people.person_key import PersonKey
from shared.request_identity import identity_hash

Verb = Literal["create", "restore", "change", "offboard"]

_MOST = 10**8 - 1
_KEY = re.compile(r"people/[0-9a-f/]+/step-(\d{8})-(begun|done)\.json")
_WHAT = "step of a person"
OURS = "hr"
"""The first part of the identities of commands that follow from events of people."""


class Order(NamedTuple):
    """One command of a step: the function, and the command as JSON."""

    function: str
    command: dict[str, Any]


class Step(NamedTuple):
    """One step. `time`: of the event or day that makes it due, in microseconds since the epoch.

    `rules`: the version that decided. `because`: for each policy that the person should have, the rules that give it.
    `kept`, `given`, `taken`: policies that rules gave and still give; that they give from now on; that they may have
    given and give no more. Each has the key of the request that gave it. `deletes`: an offboard also deletes the user
    later. `tried`: user names that turned out to belong to somebody else. `ends`: the object key of the end that was
    ordered with the create or restore and still counts (scheduled_ends.py). `forgets`: the object key of an end that
    counts no more.
    """

    number: int
    verb: Verb
    user: str
    time: int
    rules: int
    because: dict[str, list[str]]
    kept: dict[str, str]
    given: dict[str, str]
    taken: dict[str, str]
    deletes: bool
    tried: list[str]
    ends: str
    forgets: str
    orders: list[Order]

    def dump(self) -> bytes:
        """What is stored."""
        orders = [order._asdict() for order in self.orders]
        return json.dumps({"v": VERSION, **self._asdict(), "orders": orders}).encode()

    @classmethod
    def load(cls, body: bytes) -> Step:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = read(body, _WHAT)
        try:
            orders = [Order(one["function"], one["command"]) for one in record["orders"]]
            return cls(**{name: record[name] for name in cls._fields[:-1]}, orders=orders)
        except (KeyError, TypeError):
            raise unreadable(_WHAT) from None


class Done(NamedTuple):
    """The outcome of a step: "" if it was done, else the code of the error. `uin`: of the user, where it is known."""

    code: str = ""
    uin: int | None = None

    def dump(self) -> bytes:
        """What is stored."""
        return json.dumps({"v": VERSION, **self._asdict()}).encode()

    @classmethod
    def load(cls, body: bytes) -> Done:
        """What was stored. Raises ImAccessError `record_unreadable`."""
        record = read(body, _WHAT)
        try:
            return cls(record["code"], record["uin"])
        except KeyError:
            raise unreadable(_WHAT) from None


def begun_key(person: PersonKey, number: int) -> str:
    """The object key of a step."""
    return f"{person.folder}step-{_MOST - number:08}-begun.json"


def done_key(person: PersonKey, number: int) -> str:
    """The object key of a step's outcome."""
    return f"{person.folder}step-{_MOST - number:08}-done.json"


def number_of(key: str) -> int | None:
    """The number of the step that an object belongs to; None for another object."""
    match = _KEY.fullmatch(key)
    return _MOST - int(match[1]) if match else None


def identity(person: PersonKey, number: int, place: int) -> tuple[str, ...]:
    """The identity of one command of a step."""
    return (OURS, person.text, str(number), str(place))


def request_key(person: PersonKey, number: int, place: int, function: str) -> str:
    """The request key of one command of a step, as in the ledger."""
    return identity_hash(function, identity(person, number, place))
