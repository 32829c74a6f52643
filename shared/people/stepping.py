"""The next step of a person, with its commands: from what is due, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from shared.people.course import Course
from shared.people.directory import Known
from shared.people.person import Person
from shared.people.rule_versions import RulesVersion
from shared.people.steps import Order, Step, Verb, request_key

_MOST = 20
"""Policies of one command."""
_LONGEST_MAIL, _LONGEST_REASON = 100, 200


def next_step(known: Known, due: Course, version: RulesVersion, user: str) -> Step:
    """The step that does what is due, for a user of this name."""
    state, number = known.state, known.state.number + 1
    orders = list(_orders(known.person, due, version, user))
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
        orders=orders,
    )


def _time(known: Known, due: Course, version: RulesVersion) -> int:
    """When what is done counts as asked for: by an event, a day or new rules, and after the step before."""
    before = known.state.step
    times = [known.time, round(due.since * 1_000_000)]
    if before is not None:
        times.append(before.time + 1)
        if version.number > before.rules:
            times.append(round(version.pushed_at * 1_000_000))
    return max(times)


def _orders(person: Person, due: Course, version: RulesVersion, user: str) -> Iterator[Order]:
    reason = {"user": user, "reason": _reason(due, version)}
    if due.what == "offboard":
        yield Order("offboard_user", {**reason, **_grace(due, version)})
        return
    for policies in _chunks(list(due.take)):
        yield Order("revoke_policy", {**reason, "policies": policies})
    chunks = _chunks(list(due.give))
    if due.what != "change":
        function = "create_user" if due.what == "create" else "restore_user"
        yield Order(function, {**reason, "policies": chunks.pop(0), **_delivery(person, version)})
    for policies in chunks:
        yield Order("grant_policy", {**reason, "policies": policies})


def _grace(due: Course, version: RulesVersion) -> dict[str, Any]:
    if not due.deletes:
        return {"keep": True}
    days = version.rules.delete_after_days
    return {} if days is None else {"delete_after_days": days}


def _delivery(person: Person, version: RulesVersion) -> dict[str, Any]:
    """How the credentials reach the person."""
    rules, email = version.rules, (person.email or "").strip()
    told: dict[str, Any] = {"console_login": rules.console_login, "api_access": rules.api_access}
    if 0 < len(email) <= _LONGEST_MAIL and email.isprintable():
        told["email"] = email
    language = (person.language or "").strip().lower()[:2]
    return {**told, "language": language} if language in ("zh", "en") else told


def _reason(due: Course, version: RulesVersion) -> str:
    """Which version and which rules decided, as it stands in the history of the request."""
    rules = dict.fromkeys(rule for policy in due.give for rule in due.because.get(policy, ()))
    text = f"HR, rules {version.number}" + (f": {', '.join(rules)}" if rules else "")
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"


def _chunks(policies: list[str]) -> list[list[str]]:
    return [policies[first : first + _MOST] for first in range(0, len(policies), _MOST)]


def told_rules(because: Mapping[str, list[str]]) -> list[str]:
    """The rules that give anything, each once."""
    return list(dict.fromkeys(rule for rules in because.values() for rule in rules))
