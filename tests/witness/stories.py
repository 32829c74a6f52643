"""Commands with any faults on their way, and what the emulator's state must be in the end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.witness.account import FULL, READ
from tests.witness.client import fetch, opened
from tests.witness.driver import Answer, Driver, Json
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options

LIMIT_MS = 3000
LEASE = LIMIT_MS / 1000 + 5
"""Seconds for which a crashed attempt may block its own retry."""


@dataclass(frozen=True)
class Story:
    """One command for alice, who has `before` already; a create makes her."""

    function: str
    policies: tuple[str, ...]
    before: tuple[str, ...] = ()
    queue: bool = False

    def begin(self, driver: Driver, options: Options, *, time: float | None = None) -> Json:
        """A cloud in which nothing has happened; the event."""
        driver.emulator.reset(options)
        if self.function != "create_user":
            driver.emulator.account.add("alice", *self.before)
        driver.clock.advance(60)
        return self.event(driver, time=time)

    def event(self, driver: Driver, *, time: float | None = None) -> Json:
        """The command, from a queue or over HTTP."""
        command = {"user": "alice", "policies": list(self.policies)}
        envelope = driver.envelope(self.function, command, self.function, time)
        if self.queue:
            return driver.kafka(envelope)
        return driver.http(command if time is None else envelope, self.function)

    def calls(self, driver: Driver, options: Options) -> int:
        """How many remote calls it takes where nothing goes wrong."""
        assert driver.run(self.function, self.begin(driver, options), limit_ms=LIMIT_MS).final
        return len(driver.emulator.journal.calls)

    def die(self, driver: Driver, event: Json, nth: int) -> None:
        """A delivery whose process is killed after the n-th call has taken effect, and before its answer."""
        assert self.strike(driver, event, nth).killed

    def strike(self, driver: Driver, event: Json, nth: int) -> Answer:
        """The same, where it is not known whether there are so many calls."""
        with driver.instance() as victim:
            driver.emulator.plan(Plan(Fault.CUT_AFTER, nth, then=victim.kill))
            return driver.run(self.function, event, victim, limit_ms=LIMIT_MS)

    def check(self, driver: Driver, answer: Answer, *, superseded: Sequence[str] = ()) -> None:
        """All that was promised; `superseded` are the policies of which a newer event has decided otherwise."""
        effect = [name for name in self.policies if name not in superseded]
        held = set(effect if self.function != "revoke_policy" else superseded)
        untouched = set(self.before) - set(self.policies)
        assert driver.emulator.account.policies_of("alice") == sorted(held | untouched)
        if self.queue:
            assert sorted(answer.body.values()) == [0, 0, 0, 1, 1]
            assert answer.body["applied"] + answer.body["replayed"] == 1
        else:
            assert answer.status in (200, 201), answer
        if self.function == "create_user":
            self._check_credentials(driver, answer)
        else:
            assert not driver.emulator.bucket.below("credentials/")
        assert not driver.emulator.bucket.below("dead-letters/")
        written = [key for key in driver.emulator.bucket.written if not key.startswith("open/")]
        assert len(written) == len(set(written)), "an object was written twice"

    def _check_credentials(self, driver: Driver, answer: Answer) -> None:
        account, bucket = driver.emulator.account, driver.emulator.bucket
        (person,) = account.people.values()
        assert account.made == 1, "more than one user was made"
        (file,) = bucket.below("credentials/")
        outcomes = [json.loads(bucket.objects[key].body) for key in bucket.below("requests/") if "-outcome" in key]
        results = [outcome["result"] for outcome in outcomes if outcome["kind"] == "receipt"]
        assert [result["file"] for result in results if "file" in result] == [file]
        row = opened(bucket.objects[file].body)
        assert (row.secret_id, row.secret_key) in person.keys.items(), "the delivered key is not the user's"
        assert (len(person.keys), person.inactive) == (1, set()), "there is a key that nobody has"
        assert (row.password, True) == (person.password, person.login)
        if not self.queue:
            assert fetch(answer.body["credentials"]["url"]).body == bucket.objects[file].body


CREATE = Story("create_user", (READ,))
GRANT = Story("grant_policy", (READ,), before=(FULL,))
REVOKE = Story("revoke_policy", (READ,), before=(FULL, READ))
QUEUED = Story("create_user", (READ,), queue=True)
TWO = Story("create_user", (READ, FULL))


def name(story: Story) -> str:
    """For pytest's ids."""
    return story.function.partition("_")[0] + "-queue" * story.queue + "-two" * (len(story.policies) > 1)
