"""Reads all people that HR systems have reported, for commands that show all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cli.language import _
from cli.terminal.console import Console
from cli.terminal.untrusted_text import inert
from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.people.due_action import DueAction, due_action
from shared.people.person import Person
from shared.people.person_key import PREFIX, PersonKey, of_source
from shared.people.person_records import People
from shared.people.person_state import KnownPerson, PersonState
from shared.people.rules import Rules

_PAGE = 1000
PLAN = ("source", "employee", "name", "user", "change", "grant", "revoke", "rules")
_CHANGES = {"create": "join", "restore": "come back", "offboard": "close", "change": "change", "later": "join later"}


class Everybody(NamedTuple):
    """All people, ordered by source and id; `unreadable`: those of whom a record cannot be read."""

    known: list[KnownPerson]
    unreadable: list[PersonKey]

    def warn(self, console: Console) -> bool:
        """Name those who cannot be read, on standard error; whether there are any, who are left out then."""
        for key in self.unreadable:
            console.warn(_("A record cannot be read and was left as it is: {what}").format(what=inert(key.text)))
        return bool(self.unreadable)


def everybody(console: Console, source: str | None = None) -> Everybody:
    """All people, or those of one source."""
    people, after, keys = People(console.cos()), "", list[PersonKey]()
    prefix = of_source(source) if source else PREFIX
    while True:
        page, after = people.page(after, _PAGE, prefix)
        keys += [person for person, _last in page]
        if not after:
            break
    unreadable: list[PersonKey] = []

    def read(key: PersonKey) -> KnownPerson | None:
        try:
            return People(console.cos()).itself(key)
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            unreadable.append(key)
            return None

    known = [one for one in console.each(read, list(dict.fromkeys(keys)), _("people read")) if one is not None]
    known.sort(key=lambda one: (one.source, one.person.employee))
    return Everybody(known, sorted(unreadable, key=lambda key: key.text))


def planned(console: Console, person: Person, rules: Rules, state: PersonState) -> DueAction:
    """What would have to be done for a person by these rules, if this were the newest report of the person."""
    return due_action(person, rules, state, console.clock.now(), console.container().settings.zone)


def plan_row(source: str, person: Person, state: PersonState, due: DueAction) -> Mapping[str, Any]:
    """A row of a plan: what would change for a person, and by which rules."""
    given = {policy: list(rules) for policy, rules in due.because.items()}
    # A step that was begun is finished first: a join that is half done is still shown as a join.
    what = state.step.verb if state.step and state.unfinished and due.what == "change" else due.what
    return {
        "source": source,
        "employee": person.employee,
        "name": person.name,
        "user": state.user or None,
        "change": _CHANGES.get(what, what),
        "grant": list(due.give),
        "revoke": sorted(due.take),
        "rules": list(dict.fromkeys(rule for rules in given.values() for rule in rules)),
        "given_by": given,
        "at": rfc3339(due.since) if due.what == "later" else None,
    }
