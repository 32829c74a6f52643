"""The histories that the suites spoil: a command on its way through one trigger, and what must hold in the end."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from local.faults import Fault
from tests.answers import Answer
from tests.states import State
from tests.world import FULL, READ, World

LIMIT_MS = 10_000
"""Enough for a recovery, which waits out CAM's lag."""
FAULTS = (
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.ERROR_BEFORE,
    Fault.ERROR_AFTER,
    Fault.THROTTLE,
    Fault.INTERNAL_BEFORE,
    Fault.INTERNAL_AFTER,
    Fault.MALFORMED,
)
LOOKS = {
    "AddUser": "GetUser",
    "UpdateUser": "GetUser",
    "CreateAccessKey": "ListAccessKeys",
    "UpdateAccessKey": "ListAccessKeys",
    "DeleteAccessKey": "ListAccessKeys",
    "AttachUserPolicy": "ListObjects",
    "DetachUserPolicy": "ListObjects",
}
"""What is read between two attempts at a write: for attachments the ledger, which says what should be."""

_NOTHING = {"received": 1, "applied": 0, "replayed": 0, "ignored": 0, "parked": 0}


@dataclass(frozen=True)
class History:
    """A command that is to be done once, whatever happens on the way."""

    function: str
    policies: tuple[str, ...]
    queue: bool = False
    console: bool = True
    api: bool = True
    settings: tuple[tuple[str, str], ...] = ()

    def prepare(self, world: World) -> dict[str, Any]:
        """Empty the world but for what was there before, and make the event."""
        world.reset()
        world.env |= dict(self.settings)
        command: dict[str, Any] = {"user": "alice", "policies": list(self.policies)}
        if self.function == "create_user":
            command |= {"console_login": self.console, "api_access": self.api}
        else:
            world.add_user("alice", *(self.policies if self.function == "revoke_policy" else ()))
        if self.queue:
            return world.kafka(world.envelope(self.function, command, id="1"))
        return world.http(self.function, command, id="1")

    def calls(self, world: World) -> int:
        """How many remote calls it takes where nothing goes wrong."""
        assert world.invoke(self.function, self.prepare(world), limit_ms=LIMIT_MS).final
        return len(world.calls)

    def redeliver(self, world: World, event: dict[str, Any]) -> Answer:
        """Until it answers."""
        return world.redeliver_until_answer(self.function, event, limit_ms=LIMIT_MS)

    def check(self, world: World, answer: Answer) -> None:
        """All that was promised, once the sweep has sent what a receiver did not take."""
        world.sweep_outbox()
        state = world.end_state("alice")
        told = state.assert_told()
        if self.queue:
            assert answer.body in (_NOTHING | {"applied": 1}, _NOTHING | {"replayed": 1})
        else:
            replayed = {"replayed": True} if "replayed" in answer.body else {}
            assert answer.body | {"credentials": None} == told | {"credentials": None} | replayed
        if self.function == "create_user":
            self._check_created(world, state, answer)
        else:
            self._check_changed(state, told)
        assert_no_blind_repetition(world)
        assert not [key for key in world.cloud.cos.objects.data if key.startswith("dead-letters/")]

    def _check_created(self, world: World, state: State, answer: Answer) -> None:
        state.assert_access(console=self.console, api=self.api)
        assert state.attached == sorted(self.policies)
        assert state.user is not None
        assert state.user.uin == int(world.cloud.owner_uin) + 1, "more than one user was made"
        assert [receipt["result"]["file"] for receipt in state.receipts] == list(state.files)
        assert dict(world.cloud.cam.boundaries) == (
            {state.user.uin: world.cloud.cam.policy_id(FULL)} if self in BOUND else {}
        )
        told = [event["data"] for _, event in state.notifications] + ([] if self.queue else [answer.body])
        for data in told:
            assert data["policies"] == list(self.policies)
            self._check_link(state, data["credentials"]["url"])
        if not self.queue:
            assert answer.status == (200 if "replayed" in answer.body else 201)

    def _check_link(self, state: State, url: str) -> None:
        if self in BOUND:
            token = url.removeprefix(f"{PAGE}/")
            assert f"claims/{hashlib.sha256(token.encode()).hexdigest()}.json" in state.cloud.cos.objects.data
        else:
            state.assert_link(url)

    def _check_changed(self, state: State, told: dict[str, Any]) -> None:
        grant = self.function == "grant_policy"
        assert state.attached == (sorted(self.policies) if grant else [])
        outcome = "attached" if grant else "detached"
        assert told["policies"] == [{"name": name, "outcome": outcome} for name in self.policies]
        assert told["status"] == ("granted" if grant else "revoked")
        assert (state.files, state.keys) == ({}, [])


def assert_no_blind_repetition(world: World) -> None:
    """No write was sent again before somebody had looked, unless it was clearly refused; no object changed."""
    written: dict[tuple[str, str], int] = {}
    calls = list(world.cloud.journal)
    for n, call in enumerate(calls):
        if call.action not in LOOKS:
            continue
        before = written.get((call.action, call.target))
        if before is not None and call.params == calls[before].params:
            between = [other.action for other in calls[before:n]]
            assert LOOKS[call.action] in between, f"{call.action} was repeated blindly: {between}"
        if not call.code or call.code.startswith("InternalError"):
            written[call.action, call.target] = n
    for key, past in world.cloud.cos.objects._past.items():
        # That a request is open may be noted late, after it was finished: the sweep takes the note away.
        assert key.startswith("open/") or sum(stored is not None for _, stored in past) == 1, f"{key} was overwritten"


PAGE = "https://page.example"
BOUND = (
    History(
        "create_user",
        (READ,),
        settings=(
            ("IM_ACCESS_BOUNDARY_POLICY", FULL),
            ("IM_ACCESS_DELIVERY", "claim"),
            ("IM_ACCESS_CLAIM_URL", PAGE),
        ),
    ),
)
"""With the settings that add calls: a permissions boundary, and the credentials page in place of the bare link."""
CREATE = History("create_user", (READ,))
GRANT = History("grant_policy", (READ,))
REVOKE = History("revoke_policy", (READ,))
QUEUED = tuple(History(one.function, (READ,), queue=True) for one in (CREATE, GRANT, REVOKE))
BROAD = tuple(History(one.function, (READ, FULL)) for one in (CREATE, GRANT, REVOKE))


def name(history: History) -> str:
    """For pytest's ids."""
    kind = "-queue" if history.queue else "-two-policies" if len(history.policies) > 1 else ""
    access = "" if history.console and history.api else "-console" if history.console else "-api"
    return history.function.partition("_")[0] + kind + access + "-bound" * bool(history.settings)
