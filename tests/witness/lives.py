"""Stories of alice's life on the emulator: her past, the next step, and what must hold afterwards."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from tests.witness.account import FULL, READ, Person
from tests.witness.client import Row, opened
from tests.witness.driver import Answer, Driver, Json
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options

Step = tuple[str, Json]
LIMIT_MS = 3000
LEASE = LIMIT_MS / 1000 + 5
JOINS: Step = ("create_user", {"user": "alice", "policies": [READ, FULL]})
LEAVES: Step = ("offboard_user", {"user": "alice"})
COMES_BACK: Step = ("restore_user", {"user": "alice", "policies": [READ]})
LOSES: Step = ("reissue_credentials", {"user": "alice"})
OVERLAPS: Step = ("reissue_credentials", {"user": "alice", "overlap_hours": 24})


@dataclass(frozen=True)
class Life:
    """What happens (`step`) after a past; what she has then, if anything; `overlap` says that her old key works on."""

    name: str
    step: Step
    past: tuple[Step, ...]
    policies: tuple[str, ...] | None
    overlap: bool = False
    queue: bool = False
    seen: dict[str, str] = field(default_factory=dict, compare=False, hash=False)

    def begin(self, driver: Driver, options: Options) -> Json:
        """A cloud in which only the past has happened; the event."""
        driver.emulator.reset(options)
        for place, (function, command) in enumerate(self.past):
            driver.clock.advance(60)
            assert driver.until_final(function, driver.http(command, str(place))).status in (200, 201)
        self.seen.clear()
        self.seen.update(next(iter(driver.emulator.account.people.values())).keys if self.past else {})
        driver.clock.advance(60)
        function, command = self.step
        return driver.kafka(driver.envelope(function, command, "it")) if self.queue else driver.http(command, "it")

    def calls(self, driver: Driver, options: Options) -> int:
        """How many remote calls its first delivery makes where nothing goes wrong."""
        event = self.begin(driver, options)
        before = len(driver.emulator.journal.calls)
        assert not driver.run(self.step[0], event, limit_ms=LIMIT_MS).killed
        return len(driver.emulator.journal.calls) - before

    def die(self, driver: Driver, event: Json, nth: int) -> None:
        """A delivery whose process is killed after the n-th call has taken effect, and before its answer."""
        with driver.instance() as victim:
            driver.emulator.plan(Plan(Fault.CUT_AFTER, nth, then=victim.kill))
            assert driver.run(self.step[0], event, victim, limit_ms=LIMIT_MS).killed

    def check(self, driver: Driver, answer: Answer | None = None) -> None:
        """All that was promised, by the emulator's own books."""
        if answer is not None and not self.queue:
            assert answer.status in (200, 201), answer
        person = driver.emulator.account.people["alice"]
        assert driver.emulator.account.made == 1, "more than one user was made"
        assert not driver.emulator.bucket.below("dead-letters/")
        if self.policies is None:
            closed(driver, person)
        else:
            current(driver, person, self.seen if self.overlap else {})
            assert driver.emulator.account.policies_of("alice") == sorted(self.policies)


def closed(driver: Driver, person: Person) -> None:
    """Nobody gets in: no key works, no login, no policy, no file that somebody could still pick up."""
    assert person.inactive == set(person.keys), "a key works"
    assert not person.login, "console login is open"
    assert not person.policies, "a policy is attached"
    assert not driver.emulator.bucket.below("credentials/"), "a file lies there"


def current(driver: Driver, person: Person, older: dict[str, str]) -> None:
    """One file, of which every receipt and link speaks; its key is the user's only one, but for the older ones."""
    row = file_of(driver)
    assert (row.secret_id, row.secret_key) in person.keys.items(), "the delivered key is not the user's"
    assert set(person.keys) == {row.secret_id, *older}, "there is a key that nobody has"
    assert not person.inactive
    assert (row.password, True) == (person.password, person.login)


def file_of(driver: Driver) -> Row:
    """The one credentials file, which is that of the newest receipt."""
    bucket = driver.emulator.bucket
    (file,) = bucket.below("credentials/")
    outcomes = [bucket.objects[key] for key in bucket.below("requests/") if "-outcome" in key]
    newest = max((one for one in outcomes if "file" in json.loads(one.body)["result"]), key=lambda one: one.at)
    assert json.loads(newest.body)["result"]["file"] == file
    return opened(bucket.objects[file].body)


OFFBOARD = Life("offboard", LEAVES, (JOINS,), None)
RESTORE = Life("restore", COMES_BACK, (JOINS, LEAVES), (READ,))
REISSUE = Life("reissue", LOSES, (JOINS,), (READ, FULL))
OVERLAP = Life("reissue-overlap", OVERLAPS, (JOINS,), (READ, FULL), overlap=True)
CREATED = Life("create", JOINS, (), (READ, FULL), queue=True)
