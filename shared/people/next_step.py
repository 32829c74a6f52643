"""Makes the next step of a person, with its commands, from the due action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from shared.clock import rfc3339
from shared.people.due_action import DueAction
from shared.people.person import Person
from shared.people.person_state import KnownPerson
from shared.people.rule_versions import RulesVersion
from shared.people.scheduled_ends import MOST_DAYS, ScheduledEnd, due_of
from shared.people.steps import Order, Step, Verb, request_key

_MOST = 20
"""The most policies in one command."""
_LONGEST_MAIL, _LONGEST_REASON = 100, 200


def next_step(known: KnownPerson, due: DueAction, version: RulesVersion, user: str, now: float) -> Step:
    """The step that does what is due, for a user with this name."""
    state, number = known.state, known.state.number + 1
    orders = list(_orders(known.person, due, version, user, now))
    kept = {name: key for name, key in state.given.items() if name in due.because} if due.what == "change" else {}
    given = {
        policy: request_key(known.key, number, place, order.function)
        for place, order in enumerate(orders)
        if order.function != "revoke_policy"
        for policy in order.command.get("policies", ())
    }
    return Step(
        number=number,
        verb=cast("Verb", due.what),
        user=user,
        time=_time(known, due, version),
        rules=version.number,
        because={policy: list(rules) for policy, rules in due.because.items()},
        kept=kept,
        given=given,
        taken=dict(due.take),
        deletes=due.deletes,
        tried=list(state.tried),
        ends=_ends(known, due, orders, user),
        forgets=state.ends if due.what in ("offboard", "restore") or _another_end(known, due) else "",
        orders=orders,
    )


def _ends(known: KnownPerson, due: DueAction, orders: list[Order], user: str) -> str:
    """The key of the end (`until`) that the user has after the step: that of its create or restore, else the earlier
    one.
    """
    for place, order in enumerate(orders):
        if "until" in order.command and due.end is not None:
            request = request_key(known.key, known.state.number + 1, place, order.function)
            return ScheduledEnd("life", user, [], 0, request, int(due.end)).key
    return "" if due.what != "change" or _another_end(known, due) else known.state.ends


def _another_end(known: KnownPerson, due: DueAction) -> bool:
    """Whether the end of the user has to change, because the person's last day has changed."""
    return due.what == "change" and due_of(known.state.ends) != (None if due.end is None else int(due.end))


def _time(known: KnownPerson, due: DueAction, version: RulesVersion) -> int:
    """The time of the step's commands: that of the event, the day or the rules, but later than that of the step
    before.
    """
    before = known.state.step
    times = [known.time, round(due.since * 1_000_000)]
    if before is not None:
        times.append(before.time + 1)
        if version.number > before.rules:
            times.append(round(version.pushed_at * 1_000_000))
    return max(times)


def _orders(person: Person, due: DueAction, version: RulesVersion, user: str, now: float) -> Iterator[Order]:
    reason = {"user": user, "reason": _reason(due, version)}
    if due.what == "offboard":
        yield Order("offboard_user", {**reason, **_grace(due, version)})
        return
    for policies in _chunks(list(due.take)):
        yield Order("revoke_policy", {**reason, "policies": policies})
    chunks = _chunks(list(due.give))
    if due.what != "change":
        function = "create_user" if due.what == "create" else "restore_user"
        yield Order(function, {**reason, "policies": chunks.pop(0), **_delivery(person, version), **_until(due, now)})
    for policies in chunks:
        yield Order("grant_policy", {**reason, "policies": policies})


def _grace(due: DueAction, version: RulesVersion) -> dict[str, Any]:
    if not due.deletes:
        return {"keep": True}
    days = version.rules.delete_after_days
    return {} if days is None else {"delete_after_days": days}


def _until(due: DueAction, now: float) -> dict[str, str]:
    """The `until` of a create or restore, if the end is near enough. The due dates have it in any case."""
    far = due.end is None or due.end > now + MOST_DAYS * 86_400 - 3600
    return {} if due.end is None or far else {"until": rfc3339(due.end)}


def _delivery(person: Person, version: RulesVersion) -> dict[str, Any]:
    """The fields of a create or a restore about the delivery of its credentials."""
    rules, email = version.rules, (person.email or "").strip()
    fields: dict[str, Any] = {"console_login": rules.console_login, "api_access": rules.api_access}
    if 0 < len(email) <= _LONGEST_MAIL and email.isprintable():
        fields["email"] = email
    language = (person.language or "").strip().lower()[:2]
    return {**fields, "language": language} if language in ("zh", "en") else fields


def _reason(due: DueAction, version: RulesVersion) -> str:
    """The `reason` of the step's commands: the version of the rules, and the rules that decided."""
    rules = dict.fromkeys(rule for policy in due.give for rule in due.because.get(policy, ()))
    text = f"HR, rules {version.number}" + (f": {', '.join(rules)}" if rules else "")
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def _chunks(policies: list[str]) -> list[list[str]]:
    return [policies[first : first + _MOST] for first in range(0, len(policies), _MOST)]
