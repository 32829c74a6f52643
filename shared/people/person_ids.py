"""Finds the person of an id, also where an HR system gives a person two ids or changes an id.

people/<source>/<employee>/same-as.json    the person of this id is recorded under another id
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from shared.people.life import VERSION, read
from shared.people.person_key import PersonKey
from shared.ports import Store

if TYPE_CHECKING:
    from shared.people.person_state import KnownPerson


class PersonIds:
    """The recorded ids. `known` reads what is known of a person."""

    def __init__(self, store: Store, known: Callable[[PersonKey], KnownPerson | None]) -> None:
        self._store = store
        self._known = known

    def resolve(self, person: PersonKey) -> PersonKey:
        """The person whose id this is or was. Raises Unavailable, ImAccessError `record_unreadable`."""
        seen: list[PersonKey] = []
        while person not in seen:
            found = self._store.get(_renamed(person))
            if found is None:
                return person
            seen.append(person)
            person = PersonKey(str(read(found.body, "change of an id").get("person")))
        # Two processes joined the same two ids in opposite directions at once: the smaller key decides, for everybody.
        return min(seen[seen.index(person) :])

    def same(self, own: PersonKey, other: PersonKey) -> PersonKey:
        """Join two ids of one person, unless both have records of their own already; returns the person.

        Raises Unavailable, CloudError, ImAccessError `record_unreadable`.
        """
        person, another = self.resolve(own), self.resolve(other)
        if person == another:
            return person
        if self._known(another) is None:
            self._lead(another, person)
        elif self._known(person) is None:
            self._lead(person, another)
        return self.resolve(own)

    def rename(self, before: PersonKey, after: PersonKey) -> tuple[PersonKey, KnownPerson | None]:
        """Record that a person's id has changed. Returns the person, and what was known under the new id alone, or
        None.

        Reports under the new id are copied to the person. Raises Unavailable, CloudError, `record_unreadable`.
        """
        person, other = self.resolve(before), PersonKey(after.text)
        found = self._store.get(_renamed(other))
        if person == other or (found and self.resolve(other) != person):
            return self.resolve(other), None
        stray = self._known(other)
        for key in stray.report_keys if stray else ():
            stored = self._store.get(key)
            if stored is not None:
                self._store.create(key.replace(other.folder, person.folder), stored.body)
        self._lead(other, person)
        return person, stray

    def _lead(self, before: PersonKey, person: PersonKey) -> None:
        self._store.create(_renamed(before), json.dumps({"v": VERSION, "person": person.text}).encode())


def _renamed(person: PersonKey) -> str:
    return f"{person.folder}same-as.json"
