"""Brings a user's attached policies in line with the ledger. Every grant, revoke and create uses it.

Record first, apply the newest, look again: a request records its event, applies the newest event (not its own), and
looks again whether that is still the newest. So whatever the order, and whatever crashed, CAM ends with the newest
event. A read never replaces a write: CAM's reads lag, and an older event's write may still be under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from shared.commands.result import PolicyOutcome
from shared.concurrency import both, each
from shared.deadline import Deadline
from shared.errors import Rejected
from shared.people.life import Life, LifeRow
from shared.policies.authorization import Authorization
from shared.policies.catalog import PolicyCatalog
from shared.policies.initial_policies import InitialPolicies, NameRecords
from shared.policies.ledger import Effect, Ledger, LedgerEntry
from shared.policies.orphans import Orphans
from shared.policies.policy_change import PolicyChange
from shared.policies.policy_writes import PolicyWrites
from shared.policies.sub_users import TRACED, FoundUser, SubUsers, UserCache
from shared.ports import Directory, User

if TYPE_CHECKING:
    from shared.policies.removal import Removal

LATELY = 900.0
"""Seconds after a grant in which CAM's list may not show its policy."""


class ChangedPolicies(NamedTuple):
    """The outcome of each policy of an event, and the names of all policies that are attached directly after it,
    sorted.
    """

    outcomes: list[PolicyOutcome]
    attached: list[str]


class Attachments:
    """Attaches and detaches policies as the ledger says, within what `Authorization` allows."""

    def __init__(
        self,
        cam: Directory,
        ledger: Ledger,
        policies: PolicyCatalog,
        authorization: Authorization,
        deadline: Deadline,
        users: UserCache | None = None,
    ) -> None:
        self._cam = cam
        self._ledger = ledger
        self._users = SubUsers(cam, ledger.lives, users or UserCache(), deadline)
        self._writes = PolicyWrites(cam, policies, authorization, self._users, deadline)
        self._orphans = Orphans(ledger.store)
        self._policies = policies
        self._authorization = authorization
        self._deadline = deadline

    def prepare(self, effect: Effect, names: Sequence[str]) -> None:
        """Look the policies up, and approve those that are to be given; nothing is changed yet.

        Raises, for a grant, ImAccessError `policy_missing`, Rejected `policy_not_allowed`.
        """
        each(self._writes.approve if effect == "grant" else self._policies.find, names)

    def prepare_for(self, name: str, effect: Effect, names: Sequence[str]) -> FoundUser | None:
        """`prepare` and `find`; at the same time, if the policies have to be looked up."""
        prepared = partial(self.prepare, effect, names)
        _, person = both(prepared, partial(self.find, name), at_once=not self.is_prepared(effect, names))
        return person

    def is_prepared(self, effect: Effect, names: Sequence[str]) -> bool:
        """Whether `prepare` needs no call."""
        return all(self._policies.is_cached(name, confirmed=effect == "grant") for name in names)

    def find(self, name: str) -> FoundUser | None:
        """The user, or None. A user that was just created is found by the record of its life.

        Raises Rejected `user_protected`.
        """
        return self._unprotected(self._users.find(name))

    def check_unprotected(self, user: User) -> User:
        """The user. Raises Rejected `user_protected` where it may not be changed."""
        return self._authorization.check_unprotected(user)

    def check_revocable(self, names: Sequence[str], person: FoundUser | None) -> None:
        """Check that each policy is on the allow-list or was given before. Raises Rejected `policy_not_allowed`."""
        refused = [name for name in names if name not in self._authorization.allowed and not self._gave(name, person)]
        if refused:
            raise Rejected("policy_not_allowed", "Neither on the allow-list nor ever granted by these functions")

    def record_for_later_user(
        self, name: str, effect: Effect, names: Sequence[str], *, time: int, request: str
    ) -> FoundUser | None:
        """Record an event for a name that nobody has, and then look whether a create has recorded its user meanwhile.

        None: still nobody has the name; a later create will find the record. Raises Rejected `user_protected`.
        """
        self._orphans.record(name, effect, names, time, request)
        return self._unprotected(self._users.find_recorded(name))

    def find_recorded(self, name: str) -> FoundUser | None:
        """The user that a create has just recorded, even if CAM does not show it. Raises Rejected `user_protected`."""
        return self._unprotected(self._users.find_recorded(name))

    def missing(self, user: User, tried: float) -> bool:
        """Whether a user that a call of CAM does not know does not exist, after this many seconds of trying.

        Before that, the record of a create may be ahead of CAM. And a store without ages shows every record as new.
        """
        return tried >= TRACED and self._users.gone(user)

    def removal(self) -> Removal:
        """Finds and detaches the policies that an offboard takes away."""
        from shared.policies.removal import Removal

        return Removal(self._cam, self._ledger, self._writes, self._authorization.allowed)

    def recorded(self, person: FoundUser, names: Sequence[str], *, time: int, request: str) -> list[str]:
        """The policies of a grant that an earlier attempt has recorded."""
        uin = person.user.uin
        return [name for name in names if self._ledger.has(LedgerEntry(uin, name, "grant", time, request))]

    def change(
        self, effect: Effect, person: FoundUser, names: Sequence[str], *, time: int, request: str
    ) -> ChangedPolicies:
        """Record the event for each policy, and apply the newest event.

        Each policy is handled separately: the first error is raised after all others are done. Raises Conflict
        `user_not_found` where the user of a grant does not exist any more, Unavailable, CloudError.
        """
        shown = self._users.attached(person.user.uin)
        change = PolicyChange(self._cam, self._ledger, self._writes, self._deadline, person, shown)
        states = change.apply(effect, names, time, request)
        outcomes = [change.outcome(name, states.get(name)) for name in names]
        return ChangedPolicies(outcomes, change.left(states) if effect == "revoke" else [])

    def record_life(self, life: Life, policies: Sequence[str]) -> None:
        """Record a new user's life and the policies of its create before any is given, so that other requests see
        them.
        """
        self._users.met(life.user, life.uin)
        self._ledger.lives.record(life, policies)

    def lives(self, name: str) -> list[LifeRow]:
        """All events in the lives of users with this name, newest first."""
        return self._ledger.lives.rows(name)

    def name_records(self, name: str) -> NameRecords:
        """As `lives`, and the keys of events that came while nobody had the name; in one listing."""
        return self._ledger.lives.all_records(name)

    def initial_policies(self, life: Life, policies: Sequence[str]) -> InitialPolicies:
        """The steps of `give_initial_policies`, for a create that does more between giving and looking again."""
        return InitialPolicies(self._ledger, self._writes, life, policies)

    def give_initial_policies(self, life: Life, policies: Sequence[str]) -> list[str]:
        """Give a new user the policies of its create, and those of events that came meanwhile. Returns those of
        `policies` that the user has.
        """
        states = InitialPolicies(self._ledger, self._writes, life, policies).apply()
        return [name for name in policies if states[name].attached]

    def _unprotected(self, person: FoundUser | None) -> FoundUser | None:
        if person is not None:
            self.check_unprotected(person.user)
        return person

    def _gave(self, name: str, person: FoundUser | None) -> bool:
        if person is None:
            return False
        given, uin = self._ledger.lives.given, person.user.uin
        lives = [row.life for row in person.lives if row.life.uin == uin]
        return self._ledger.ever_granted(uin, name) or any(name in given(life) for life in lives)


def came_lately(lives: Sequence[LifeRow], user: User) -> bool:
    """Whether this user was created so recently that nobody can have changed its policies by hand."""
    rows = [row for row in lives if row.life.uin == user.uin]
    return any(row.life.effect == "create" and (row.age is None or row.age < LATELY) for row in rows)
