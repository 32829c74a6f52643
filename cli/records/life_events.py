"""What the records say of a person, as rows: every event, or the policies held at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.records.requests import Recorded
from cli.records.timeline import Timeline, text
from shared.clock import rfc3339
from shared.people.life import NOBODY
from shared.policies.recorded_users import RecordedUser

CLOSED = ("keys_disabled", "console_login", "left", "delete_at")
"""Members of an offboard's result besides policies."""


def events(timeline: Timeline, name: str, records: list[RecordedUser]) -> list[dict[str, Any]]:
    """Every event of all users who have had the name, oldest first."""
    turns = timeline.turns(name)
    timeline.requests.load(set().union(turns, *(record.requests for record in records)))
    rows = [row for record in records for row in _of(timeline, record)]
    seen = {row["request_id"] for row in rows}
    for key in turns:
        behind = timeline.requests.read(key)
        if behind.request_id not in seen and behind.function == "reissue_credentials":
            rows.append(_row(timeline, behind, behind.time, "reissue", None, None, ()))
    # The end of a grant has the same time as the grant. Events of the same time are sorted by when they were applied.
    return sorted(
        rows, key=lambda row: (row["microseconds"], row["applied"] or "~", row["request_id"], row["policy"] or "")
    )


def state(timeline: Timeline, records: list[RecordedUser], at: float) -> Iterator[dict[str, Any]]:
    """What users had at a moment, by the records alone: a row for each policy, or one row for a user without
    policies.
    """
    for record in records:
        life = timeline.life_at(record, at)
        held = timeline.held_at(record, at)
        if not (life or held):
            continue
        about = {"user": record.name, "uin": record.uin or None, "state": _state(life.life.effect if life else None)}
        for one in held:
            behind = timeline.requests.read(one.event.request)
            given = {"policy": one.policy, "since": rfc3339(one.applied), **by(behind)}
            yield about | given
        if not held:
            yield about | {"policy": None, "since": None}


def _state(effect: str | None) -> str:
    return "by hand" if effect is None else "offboarded" if effect == "offboard" else "active"


def _of(timeline: Timeline, record: RecordedUser) -> Iterator[dict[str, Any]]:
    for row in record.lives:
        life, behind = row.life, timeline.requests.read(row.life.request)
        policies: list[str | None] = [*timeline.ledger.lives.given(life)]
        for policy in policies or [None]:
            yield _row(timeline, behind, life.time, life.effect, policy, life.uin, (life.key,))
    for rows in record.policies.values():
        for one in rows:
            entry = one.entry
            behind = timeline.requests.read(entry.request)
            uin = record.uin if entry.uin == NOBODY else entry.uin
            yield _row(
                timeline,
                behind,
                entry.time,
                entry.effect,
                entry.policy,
                uin,
                (entry.key,) if entry.uin != NOBODY else (),
            )


def _row(
    timeline: Timeline,
    behind: Recorded,
    time: int,
    event: str,
    policy: str | None,
    uin: int | None,
    own: tuple[str, ...],
) -> dict[str, Any]:
    status = behind.result.get("status")
    default = "superseded" if policy and behind.state == "finished" else status
    return {
        "time": text(time),
        "microseconds": time,
        "applied": behind.finished_at,
        "event": event,
        "policy": policy,
        "outcome": behind.outcomes.get(policy, default) if policy else default,
        "uin": uin or None,
        "state": behind.state,
        "code": behind.code,
        "attempts": behind.attempts,
        "until": behind.command.get("until"),
        **by(behind),
        "request_id": behind.request_id,
        "closed": {name: behind.result[name] for name in CLOSED if behind.result.get(name)},
        "credentials": timeline.requests.credentials(behind),
        "objects": [*own, *behind.objects],
    }


def by(behind: Recorded) -> dict[str, Any]:
    """Who asked for a request (whom it names, else the caller whose secret signed it), and its reason and ticket."""
    who = [behind.command.get("requested_by"), behind.caller]
    return {
        "function": behind.function,
        "given_by": next((one for one in who if one), None),
        "caller": behind.caller or None,
        **behind.why,
    }
