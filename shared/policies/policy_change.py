"""Records a grant or a revoke for a user's policies, and applies the newest event of each policy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from shared.commands.result import Outcome, PolicyOutcome
from shared.concurrency import both, each
from shared.deadline import Deadline
from shared.errors import Conflict
from shared.people.life import LifeRow, newest_of
from shared.policies.apply_newest import States, apply_newest
from shared.policies.ledger import Effect, Ledger, LedgerEntry, PolicyState, Row, effective_state
from shared.policies.policy_writes import PolicyWrites
from shared.policies.sub_users import POLLS, FoundUser
from shared.ports import Directory


class PolicyChange:
    """The event of one request, and what CAM showed of the user before it.

    `shown`: ids and names of the policies that were attached directly.
    """

    def __init__(
        self,
        cam: Directory,
        ledger: Ledger,
        writes: PolicyWrites,
        deadline: Deadline,
        person: FoundUser,
        shown: dict[int, str],
    ) -> None:
        self._cam = cam
        self._ledger = ledger
        self._writes = writes
        self._deadline = deadline
        self._person = person
        self._shown = shown
        self._own: dict[str, LedgerEntry] = {}
        self._before: dict[str, bool] = {}
        self._first: dict[str, bool] = {}
        self._gone = False

    def apply(self, effect: Effect, names: Sequence[str], time: int, request: str) -> States:
        """Record the event for each policy and apply the newest. Returns the final state of each policy that it
        concerns.

        Raises ValueError for a time outside 2020 to 2200; Conflict `user_not_found` where a grant's user does not exist
        any more.
        """
        uin, life = self._person.user.uin, self._person.life
        entries = [LedgerEntry(uin, name, effect, time, request) for name in names]
        if life is not None and time < life.life.floor:
            # The event belongs to an earlier user or life. But an attempt that did not know that may have recorded it;
            # then CAM may have to be corrected.
            entries = [entry for entry in entries if self._ledger.has(entry)]
        self._own = {entry.policy: entry for entry in entries}
        each(self._record, entries)
        if not entries:
            return {}
        return apply_newest(self._states(self._person.lives, self._rows(list(self._own))), self._look, self._apply)

    def outcome(self, name: str, state: PolicyState | None) -> PolicyOutcome:
        """The outcome of one policy, for the result."""
        return PolicyOutcome(name=name, outcome=self._outcome(name, state))

    def _outcome(self, name: str, state: PolicyState | None) -> Outcome:
        own = self._own.get(name)
        if own is None or state is None or state.newest != own:
            return "superseded"
        if self._gone or self._before[name] == state.attached:
            return "unchanged"
        return "attached" if state.attached else "detached"

    def left(self, states: States) -> list[str]:
        """The names of the policies that are attached directly after it, sorted."""
        if self._gone:
            return []
        shown = {name or self._named(policy_id) for policy_id, name in self._shown.items()}
        taken = {name for name, state in states.items() if not state.attached}
        return sorted(shown - taken | {name for name, state in states.items() if state.attached})

    def _named(self, policy_id: int) -> str:
        found = self._cam.policy(policy_id)
        return found.name if found else str(policy_id)

    def _record(self, entry: LedgerEntry) -> None:
        user, held = self._person.user.name, entry.policy in self._shown.values()
        self._before[entry.policy], self._first[entry.policy] = self._ledger.record(entry, user, before=held)

    def _look(self, names: Sequence[str]) -> States:
        lives = partial(self._ledger.lives.rows, self._person.user.name)
        return self._states(*both(lives, partial(self._rows, names), at_once=True))

    def _rows(self, names: Sequence[str]) -> dict[str, list[Row]]:
        return dict(zip(names, each(self._rows_of, names), strict=True))

    def _rows_of(self, name: str) -> list[Row]:
        """The two newest entries of a policy. The own entry is among them even if a listing does not show it yet."""
        rows, own = self._ledger.rows(self._person.user.uin, name), self._own[name]
        if all(row.entry != own for row in rows):
            rows.append(Row(own, 0.0))
        return sorted(rows, key=lambda row: row.entry.order)[:2]

    def _states(self, lives: Sequence[LifeRow], rows: dict[str, list[Row]]) -> States:
        uin = self._person.user.uin
        life, given = newest_of(lives, uin), self._ledger.lives.given
        return {name: effective_state(uin, name, found, life, given) for name, found in rows.items()}

    def _apply(self, name: str, state: PolicyState) -> None:
        own, user = self._own[name], self._person.user
        if state.newest == own and state.displaced and state.lately:
            self._before[name] = self._until_now(own, state.displaced)
        try:
            if state.attached:
                if state.newest == own or self._writes.approves(name):
                    self._writes.attach(name, user)
            elif state.newest or own.effect == "grant":
                self._writes.detach(name, user, self._shown)
        except Conflict as gone:
            if gone.code != "user_not_found" or own.effect == "grant":
                raise
            self._gone = True

    def _until_now(self, own: LedgerEntry, last: LedgerEntry) -> bool:
        """Whether the user had the policy until this event, where another event came shortly before it.

        CAM may not show the effect of that event yet. If CAM differs from the ledger, CAM is asked again for as long as
        it may lag, and its answer counts, because that event may have failed half-way. A redelivery cannot ask CAM,
        because it may see the effect of its own first attempt.
        """
        expected, shown = last.effect == "grant", self._before[own.policy]
        if not self._first[own.policy]:
            return expected
        for seconds in POLLS:
            if shown == expected or seconds + 2.0 > self._deadline.remaining():
                return expected
            self._deadline.wait(seconds)
            shown = own.policy in self._cam.attached(self._person.user.uin).values()
        return shown
