"""The records of the people of HR systems. An employee has one user, for good.

    people/<source>/<employee>/told-…, step-…      reports of events (reports.py), steps that were decided (steps.py)
    people/names/<hash of the name>.json           the person for whom a user name is reserved, even while CAM has no
                                                   such user

Every object is created once and never changed. So an old event that comes again finds the newer reports, and the id of
a leaver is enough to find the leaver's user.
"""

from __future__ import annotations

import hashlib
import json

from shared.errors import Unavailable
from shared.people.life import VERSION, read
from shared.people.person_ids import PersonIds
from shared.people.person_key import PREFIX, PersonKey
from shared.people.person_state import KnownPerson, PersonState
from shared.people.reports import PersonReport, is_report, merged
from shared.people.steps import Done, Step, begun_key, done_key, number_of
from shared.ports import Store

NAMES = "people/names/"
KEPT = 14 * 24 * 3600.0
"""Seconds for which an event with only some fields may come late; no system retries for so long."""
MANY = 8
"""From this number on, old reports of events with only some fields are merged into one."""
_ALL = 1_000_000


class People:
    """The records of all people, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.ids = PersonIds(store, self.known)

    def record(self, person: PersonKey, report: PersonReport) -> None:
        """Add the report of an event, once. Raises Unavailable, CloudError."""
        self._store.create(report.key(person.folder), report.dump())

    def known(self, person: PersonKey) -> KnownPerson | None:
        """Read what is known of a person, None for nobody. Raises Unavailable, ImAccessError `record_unreadable`."""
        keys = [row.key for row in self._store.below(person.folder, limit=_ALL)]
        found = [key for key in keys if is_report(key)]
        if not found:
            return None
        reports = self._reports(found)
        report_keys, outdated = found[: len(reports)], found[len(reports) :]
        state, done_with = self._state(person, keys)
        about = (person, reports[0].source, merged(reports), reports[0].time)
        return KnownPerson(*about, reports, report_keys, state, outdated + done_with)

    def itself(self, person: PersonKey) -> KnownPerson | None:
        """As `known`, but None for an id that was joined to another id of the person."""
        return self.known(person) if self.ids.resolve(person) == person else None

    def begin(self, person: PersonKey, step: Step) -> bool:
        """Record a step before any of it is done; False where another process recorded one first."""
        if not self._store.create(begun_key(person, step.number), step.dump()):
            return False
        # A slow process may have used the number of a step that was done and deleted meanwhile.
        keys = [row.key for row in self._store.below(f"{person.folder}step-", limit=1)]
        return not keys or number_of(keys[0]) == step.number

    def finish(self, person: PersonKey, step: Step, done: Done) -> None:
        """Record the outcome of a step. Raises Unavailable, CloudError."""
        self._store.create(done_key(person, step.number), done.dump())

    def tidy(self, known: KnownPerson, now: float) -> None:
        """Delete outdated objects, and merge old reports where there are many. Raises Unavailable, CloudError.

        An event older than a merged report has no effect any more.
        """
        for key in known.outdated:
            self._store.delete(key)
        old = [report for report in known.reports if report.time < (now - KEPT) * 1_000_000]
        if len(old) >= MANY:
            whole = old[0]._replace(time=old[0].time + 1, person=merged(old), partial=False)
            self._store.create(whole.key(known.key.folder), whole.dump())

    def reserve(self, name: str, person: PersonKey) -> bool:
        """Reserve a user name for a person; False where it is reserved for another person. Raises Unavailable,
        CloudError.

        Names are compared without case, because it is not documented whether CAM distinguishes it.
        """
        key = f"{NAMES}{hashlib.sha256(name.casefold().encode()).hexdigest()[:32]}.json"
        if self._store.create(key, json.dumps({"v": VERSION, "name": name, "person": person.text}).encode()):
            return True
        found = self._store.get(key)
        if found is None:
            raise Unavailable("The store does not show whose a name is")
        return read(found.body, "user name").get("person") == person.text

    def page(self, after: str, limit: int, prefix: str = PREFIX) -> tuple[list[tuple[PersonKey, str]], str]:
        """One page of persons, from a listing of at most `limit` objects after the key `after`.

        Returns each person with the last of its object keys, and the key after which the next page begins, "" at the
        end.
        """
        rows = self._store.below(prefix, limit=limit, after=after)
        found = [(person, row.key) for row in rows if (person := PersonKey.found_in(row.key)) is not None]
        persons = list(dict(found).items())
        if len(rows) < limit:
            return persons, ""
        if len(persons) > 1 and rows[-1].key == persons[-1][1]:
            # A page may end in the middle of a person's objects: then the person is left to the next page.
            persons.pop()
            return persons, persons[-1][1]
        return persons, rows[-1].key

    def _reports(self, keys: list[str]) -> list[PersonReport]:
        """The reports from the newest one to the first one that is whole; `keys` are newest first."""
        found: list[PersonReport] = []
        for key in keys:
            stored = self._store.get(key)
            if stored is None:
                raise Unavailable("The store does not show an event of a person that exists")
            found.append(PersonReport.load(stored.body))
            if found[-1].is_whole:
                break
        return found

    def _state(self, person: PersonKey, keys: list[str]) -> tuple[PersonState, list[str]]:
        """The person's state; and the object keys of earlier steps, if the newest step is done."""
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
