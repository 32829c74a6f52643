"""The records of people whom sources have told of. One employee has one user, for good.

    people/<source>/<employee>/told-…, step-…      what was told (told.py), what was decided (steps.py)
    people/names/<name>.json                       whose a name is, whether or not CAM has the user at the moment

Everything is created if absent, and never changed. So an old event that comes again finds what is newer, and a leaver's
id alone suffices to know the user.
"""

from __future__ import annotations

import hashlib
import json

from shared.errors import Unavailable
from shared.people.identity import PREFIX, PersonKey
from shared.people.life import VERSION, read
from shared.people.person_ids import PersonIds
from shared.people.person_state import KnownPerson, PersonState
from shared.people.steps import Done, Step, begun_key, done_key, number_of
from shared.people.told import Told, is_told, together
from shared.ports import Store

NAMES = "people/names/"
KEPT = 14 * 24 * 3600.0
"""Seconds for which an event that tells only a part of a person may come late; no system retries for as long."""
MANY = 8
"""Old events that tell only a part, from which number on they are merged into one."""
_ALL = 1_000_000


class People:
    """The records of all people, over the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids = PersonIds(store, self.known)

    def record(self, person: PersonKey, told: Told) -> None:
        """Add what an event tells, once. Raises Unavailable, CloudError."""
        self._store.create(told.key(person.folder), told.dump())

    def known(self, person: PersonKey) -> KnownPerson | None:
        """What is known of a person, None for nobody. Raises Unavailable, ImAccessError `record_unreadable`."""
        keys = [row.key for row in self._store.below(person.folder, limit=_ALL)]
        documents = [key for key in keys if is_told(key)]
        if not documents:
            return None
        told = self._told(documents)
        counting, outdated = documents[: len(told)], documents[len(told) :]
        state, done_with = self._state(person, keys)
        about = (person, told[0].source, together(told), told[0].time)
        return KnownPerson(*about, told, counting, state, outdated + done_with)

    def itself(self, person: PersonKey) -> KnownPerson | None:
        """As `known`, but None for an id that leads to a person of another id."""
        return self.known(person) if self.ids.resolve(person) == person else None

    def begin(self, person: PersonKey, step: Step) -> bool:
        """Record a step before any of it is done; False where another process has recorded one first."""
        if not self._store.create(begun_key(person, step.number), step.dump()):
            return False
        # A slow process may have created a number again whose step was done and deleted meanwhile.
        keys = [row.key for row in self._store.below(f"{person.folder}step-", limit=1)]
        return not keys or number_of(keys[0]) == step.number

    def finish(self, person: PersonKey, step: Step, done: Done) -> None:
        """Record the outcome of a step. Raises Unavailable, CloudError."""
        self._store.create(done_key(person, step.number), done.dump())

    def tidy(self, known: KnownPerson, now: float) -> None:
        """Delete outdated objects, and merge old events where there are many. Raises Unavailable, CloudError.

        An event that comes later than these changes nothing any more.
        """
        for key in known.outdated:
            self._store.delete(key)
        old = [told for told in known.told if told.time < (now - KEPT) * 1_000_000]
        if len(old) >= MANY:
            whole = old[0]._replace(time=old[0].time + 1, person=together(old), partial=False)
            self._store.create(whole.key(known.key.folder), whole.dump())

    def reserve(self, name: str, person: PersonKey) -> bool:
        """Reserve a user name for a person; False where it is another person's. Raises Unavailable, CloudError.

        Whether CAM tells upper from lower case in names is not documented.
        """
        key = f"{NAMES}{hashlib.sha256(name.casefold().encode()).hexdigest()[:32]}.json"
        if self._store.create(key, json.dumps({"v": VERSION, "name": name, "person": person.text}).encode()):
            return True
        found = self._store.get(key)
        if found is None:
            raise Unavailable("The store does not show whose a name is")
        return read(found.body, "user name").get("person") == person.text

    def page(self, after: str, limit: int, prefix: str = PREFIX) -> tuple[list[tuple[PersonKey, str]], str]:
        """The next persons after an object key, each with the last of its keys, in a listing of so many objects; and
        after which key the next page begins, "" where this is the last one.
        """
        rows = self._store.below(prefix, limit=limit, after=after)
        found = [(person, row.key) for row in rows if (person := PersonKey.found_in(row.key)) is not None]
        persons = list(dict(found).items())
        if len(rows) < limit:
            return persons, ""
        if len(persons) > 1 and rows[-1].key == persons[-1][1]:
            # The end of a page may divide a person's objects: then the person is left to the next page, and comes once.
            persons.pop()
            return persons, persons[-1][1]
        return persons, rows[-1].key

    def _told(self, keys: list[str]) -> list[Told]:
        """The events down to the newest that tells the whole person; `keys` are newest first."""
        found: list[Told] = []
        for key in keys:
            stored = self._store.get(key)
            if stored is None:
                raise Unavailable("The store does not show an event of a person that exists")
            found.append(Told.load(stored.body))
            if found[-1].is_whole:
                break
        return found

    def _state(self, person: PersonKey, keys: list[str]) -> tuple[PersonState, list[str]]:
        """The person's state, and the object keys of earlier steps, where the newest one is done."""
        numbers = {key: number for key in keys if (number := number_of(key)) is not None}
        if not numbers:
            return PersonState(), []
        newest = max(numbers.values())
        begun, done = (self._store.get(key(person, newest)) for key in (begun_key, done_key))
        if begun is None:
            raise Unavailable("The store does not show a step that exists")
        state = PersonState(Step.load(begun.body), Done.load(done.body) if done else None)
        earlier = [key for key, number in numbers.items() if number < newest] if done else []
        return state, earlier
