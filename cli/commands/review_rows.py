"""The rows of the access review: one for each user, or one for each policy of a user."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.commands.users import name_of, state_of
from cli.language import _
from cli.records.cam_snapshot import Facts, Gathered
from cli.records.timeline import Held, Timeline
from cli.terminal.console import Console
from shared.clock import rfc3339
from shared.policies.recorded_users import RecordedUser
from shared.tencent.cam_listing import AccessKey


def user_rows(console: Console, timeline: Timeline, found: Gathered) -> Iterator[dict[str, Any]]:
    """A row for each user that CAM or the records know."""
    records = timeline.everybody()
    uins = sorted(found.users.keys() | records.keys(), key=lambda uin: (name_of(uin, found.users, records), uin))

    def held(uin: int) -> list[Held]:
        return timeline.look(records.get(uin), lambda record: timeline.held_at(record, None), [])

    having = console.each(held, uins, _("users looked at"))
    timeline.requests.load(one.event.request for some in having for one in some)
    for uin, some in zip(uins, having, strict=True):
        record, user = records.get(uin), found.users.get(uin)
        facts = found.facts.get(uin, Facts((), ()))
        yield {
            "user": name_of(uin, found.users, records),
            "uin": uin,
            "state": state_of(timeline, record, user),
            "since": _since(timeline, record),
            "console_login": user.console_login if user else None,
            "created_in_cam": user.created if user else None,
            "last_login": found.last_logins.get(uin),
            "policies": [_policy(timeline, one) for one in some],
            "beyond": sorted(set(facts.direct) - {one.policy for one in some}),
            "by_group": {name: list(groups) for name, groups in (facts.groups or {}).items()},
            "keys": [_about_key(key, found, console.clock.now()) for key in facts.keys],
        }


def _about_key(key: AccessKey, found: Gathered, now: float) -> dict[str, Any]:
    return {**key._asdict(), "age_days": key.age_days(now), "last_used": found.last_uses.get(key.secret_id)}


def _since(timeline: Timeline, record: RecordedUser | None) -> str | None:
    life = timeline.look(record, lambda record: timeline.life_at(record, None), None)
    return rfc3339(life.life.time / 1_000_000) if life else None


def _policy(timeline: Timeline, one: Held) -> dict[str, Any]:
    behind = timeline.requests.read(one.event.request)
    who = [behind.command.get("requested_by"), behind.caller]
    return {
        "policy": one.policy,
        "since": rfc3339(one.applied),
        "until": behind.command.get("until"),
        "given_by": next((name for name in who if name), None),
        "source": _source(behind.identity),
        **behind.why,
        "request_id": behind.request_id,
    }


def _source(identity: tuple[str, ...]) -> str | None:
    """Where a request came from: the source of its event, else the kind of its identity."""
    place = 1 if identity[:1] == ("cloudevents",) else 0
    return identity[place] if len(identity) > place else None


def policy_rows(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each policy, or one for a user without policies; keys and what the records do not explain are texts."""
    for row in rows:
        about = {
            **row,
            "keys": [_key(key) for key in row["keys"]],
            "aged": [_aged(key) for key in row["keys"]],
            "by_group": [f"{name} ({', '.join(groups)})" for name, groups in row["by_group"].items()],
        }
        for policy in row["policies"] or [{"policy": None, "since": None}]:
            yield about | policy


def _key(key: dict[str, Any]) -> str:
    state = _("works") if key["active"] else _("inactive")
    used = f", {_('last used')} {key['last_used']}" if key["last_used"] else ""
    return f"{key['secret_id']} ({state}, {key['created'] or '?'}, {age(key)}{used})"


def _aged(key: dict[str, Any]) -> str:
    return f"{_('works') if key['active'] else _('inactive')}, {age(key)}"


def age(key: dict[str, Any]) -> str:
    """How old a key is, in words."""
    return "?" if key["age_days"] is None else _("{days} days old").format(days=key["age_days"])
