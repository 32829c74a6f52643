"""What a user's attached policies should be, brought about: every grant, revoke and create goes through here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from shared.concurrency import both, each
from shared.deadline import Deadline
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCatalog
from shared.policies.ledger import Effect, Entry, Ledger, LedgerState, apply_newest
from shared.policies.sub_users import POLLS, SubUsers, UserCache
from shared.ports import Directory, NoSuchPolicy, NoSuchUser, Policy, User
from shared.results import Outcome, PolicyOutcome


class Attachments:
    """PolicyCatalog of users: CAM made to follow the ledger, within what the guard allows."""

    def __init__(
        self,
        cam: Directory,
        ledger: Ledger,
        policies: PolicyCatalog,
        guard: Authorization,
        deadline: Deadline,
        users: UserCache | None = None,
    ) -> None:
        self._cam = cam
        self._ledger = ledger
        self._users = SubUsers(cam, ledger, users or UserCache(), deadline)
        self._policies = policies
        self._guard = guard
        self._deadline = deadline
        self._approved: dict[str, Policy] = {}

    def prepare(self, effect: Effect, names: Sequence[str]) -> None:
        """Resolve the policies, and have those approved that are to be given: nothing has been changed so far.

        Raises ImAccessError `policy_missing`, Rejected `policy_not_allowed`.
        """
        each(self._approve if effect == "grant" else self._policies.resolve, names)

    def prepare_for(self, name: str, effect: Effect, names: Sequence[str]) -> User | None:
        """Both: `prepare` and `find`; side by side, where the policies have to be asked for."""
        prepared = partial(self.prepare, effect, names)
        _, user = both(prepared, partial(self.find, name), at_once=not self.knows(effect, names))
        return user

    def knows(self, effect: Effect, names: Sequence[str]) -> bool:
        """Whether `prepare` needs no call."""
        return all(self._policies.remembers(name, confirmed=effect == "grant") for name in names)

    def find(self, name: str) -> User | None:
        """The user, or None for one that does not exist; patient with one that was created a moment ago.

        Raises Rejected `user_protected`.
        """
        user = self._users.find(name)
        return user and self.touch(user)

    def touch(self, user: User) -> User:
        """The user, if it may be changed at all. Raises Rejected `user_protected`."""
        return self._guard.touch(user)

    def change(
        self, effect: Effect, user: str, uin: int | None, names: Sequence[str], *, time: int, request: str, fresh: bool
    ) -> list[PolicyOutcome]:
        """Record the event for each policy and apply what is newest. `fresh` says that the user was just created."""
        if fresh:
            self._users.met(user, uin)
        policies = [self._approved.get(name) or self._policies.resolve(name) for name in names]
        before = None if fresh or uin is None else self._users.attached(uin)

        def one(policy: Policy) -> PolicyOutcome:
            entry = Entry(user, policy.name, effect, time, request)
            return PolicyOutcome(name=policy.name, outcome=self._one(entry, policy, uin, before))

        return each(one, policies)

    def _one(self, entry: Entry, policy: Policy, uin: int | None, attached: dict[int, str] | None) -> Outcome:
        held = attached or {}
        before, first = self._ledger.record(entry, before=_holds(held, policy))
        # A policy can have been attached under an id that its name no longer leads to.
        former = [Policy(i, policy.name, policy.preset) for i, name in held.items() if name == policy.name]

        def apply(state: LedgerState) -> bool:
            # Never skipped on the strength of a read: CAM's reads lag, and an older event's write may be on its way.
            nonlocal before
            target = uin if uin is not None or state.alone else self._uin(entry.user)
            if target is None:
                return False
            if state.newest == entry and state.displaced and state.lately:
                before = self._before(state.displaced, policy, target, shown=before, ask=first)
            if state.newest.effect == "grant":
                self._attach(policy, target)
            else:
                self._detach([*former, policy], target)
            return True

        if not apply_newest(self._ledger, entry, apply):
            return "superseded"
        if before == (entry.effect == "grant"):
            return "unchanged"
        return "attached" if entry.effect == "grant" else "detached"

    def _before(self, last: Entry, policy: Policy, uin: int, *, shown: bool, ask: bool) -> bool:
        """Whether the user had the policy until this event, where another one came shortly before it.

        CAM may not show yet what that one has done: where it does not say what the ledger says, it is asked again for
        as long as it may lag. It has the last word, since that event may have failed half-way; but a redelivery cannot
        `ask`, as it may see what its own first attempt did.
        """
        expected = last.effect == "grant"
        if not ask:
            return expected
        for seconds in POLLS:
            if shown == expected or seconds + 2.0 > self._deadline.remaining():
                return expected
            self._deadline.wait(seconds)
            shown = _holds(self._cam.attached(uin), policy)
        return shown

    def _uin(self, name: str) -> int | None:
        user = self.find(name)
        return user.uin if user else None

    def _attach(self, policy: Policy, uin: int) -> None:
        try:
            patiently(partial(self._cam.attach, self._approve(policy.name), uin), self._deadline)
        except NoSuchPolicy:
            self._approved.pop(policy.name, None)
            self._policies.refresh(policy.name)
            patiently(partial(self._cam.attach, self._approve(policy.name), uin), self._deadline)

    def _approve(self, name: str) -> Policy:
        """The policy as CAM showed it during this request, with the guard's consent: nothing else is ever attached."""
        if name not in self._approved:
            self._approved[name] = self._guard.approve(self._policies.confirm(self._policies.resolve(name)))
        return self._approved[name]

    def _detach(self, policies: list[Policy], uin: int) -> None:
        for policy in {policy.id: policy for policy in policies}.values():
            try:
                patiently(partial(self._cam.detach, policy, uin), self._deadline)
            except NoSuchUser:
                return
            except NoSuchPolicy:
                # Not attached, or its name leads to another id by now.
                fresh = self._policies.refresh(policy.name)
                if fresh.id != policy.id:
                    self._detach([fresh], uin)


def patiently(call: Callable[[], None], deadline: Deadline) -> None:
    """Repeat what CAM refuses for a user that it does not know yet."""
    for seconds in POLLS:
        try:
            return call()
        except NoSuchUser:
            deadline.wait(seconds)
    return call()


def _holds(attached: dict[int, str], policy: Policy) -> bool:
    return policy.id in attached or policy.name in attached.values()
