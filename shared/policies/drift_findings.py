"""Compares what the records say of a user with what CAM shows; it makes no call and changes nothing.

`critical`: somebody has what was taken away. `warning`: somebody has, or lacks, what the records do not say. `notice`:
worth knowing, and no difference: users made by hand, and what is not these functions' to give.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

Grade = Literal["critical", "warning", "notice"]
GRADES: tuple[Grade, ...] = ("critical", "warning", "notice")
"""The gravest first."""
UNREADABLE = "record_unreadable"
"""The kind of a finding about records that cannot be read."""
State = Literal["active", "offboarded", "by hand"]


class Expected(NamedTuple):
    """What the records say of a user: what they should have, and what was ever recorded of them. One who was made by
    hand has what these functions granted, and may have whatever else.

    `delete_at`: when an offboarded one was to be deleted (seconds since the epoch), None where it was not.
    """

    state: State
    policies: frozenset[str]
    recorded: frozenset[str]
    delete_at: float | None = None


class Shown(NamedTuple):
    """What CAM shows of a user; `groups` by the policy that they give."""

    console_login: bool
    active_keys: Sequence[str]
    policies: frozenset[str]
    groups: Mapping[str, Sequence[str]]


class Finding(NamedTuple):
    """One difference. `kind` is a stable word, `about` names what it is about."""

    grade: Grade
    kind: str
    user: str
    uin: int
    about: str = ""

    @property
    def is_difference(self) -> bool:
        """Whether it is a difference, which somebody has to look at; False for a notice."""
        return self.grade != "notice"


def unreadable(user: str, uin: int, keys: Iterable[str]) -> list[Finding]:
    """The findings about somebody of whom these records cannot be read, so that what they should have is not known.

    `keys` holds "" for one whose key is not known. In place of a user and a UIN stand "-" and 0 where it is nobody's.
    """
    return [Finding("warning", UNREADABLE, user or "-", uin, key) for key in keys]


_LATE = 3600.0
"""Seconds after the due time of a deletion from which on it counts as missed."""

Found = Iterator[tuple[Grade, str, str]]


def compare(
    user: str, uin: int, expected: Expected | None, shown: Shown | None, allowed: Iterable[str], now: float
) -> list[Finding]:
    """The findings about one user, the gravest first. `expected` is None for one of whom nothing is recorded."""
    rows = _rows(expected, shown, frozenset(allowed), now)
    found = [Finding(grade, kind, user, uin, about) for grade, kind, about in rows]
    return sorted(found, key=lambda one: (GRADES.index(one.grade), one.kind, one.about))


def _rows(expected: Expected | None, shown: Shown | None, allowed: frozenset[str], now: float) -> Found:
    if expected is None:
        if shown is not None:
            yield "notice", "made_by_hand", ""
    elif shown is None:
        if expected.state == "active":
            yield "warning", "user_missing", ""
    elif expected.state == "offboarded":
        yield from _offboarded(expected, shown, allowed, now)
    else:
        yield from _active(expected, shown, allowed)
        if expected.state == "by hand":
            yield "notice", "made_by_hand", ""


def _offboarded(expected: Expected, shown: Shown, allowed: frozenset[str], now: float) -> Found:
    if shown.console_login:
        yield "critical", "login_open", ""
    for key in shown.active_keys:
        yield "critical", "key_active", key
    for policy in shown.policies:
        own = policy in allowed | expected.recorded
        yield ("critical", "policy_left", policy) if own else ("notice", "foreign_policy_left", policy)
    yield from _by_groups(shown, allowed)
    if expected.delete_at is not None and now > expected.delete_at + _LATE:
        yield "warning", "deletion_overdue", ""


def _active(expected: Expected, shown: Shown, allowed: frozenset[str]) -> Found:
    for policy in shown.policies - expected.policies:
        if policy in expected.recorded:
            yield "critical", "policy_revoked_attached", policy
        elif expected.state == "active":
            yield "warning", "policy_by_hand", policy
    for policy in expected.policies - shown.policies:
        yield "warning", "policy_missing", policy
    yield from _by_groups(shown, allowed)


def _by_groups(shown: Shown, allowed: frozenset[str]) -> Found:
    for policy, groups in shown.groups.items():
        yield ("warning" if policy in allowed else "notice"), "policy_by_group", f"{policy} ({', '.join(groups)})"
