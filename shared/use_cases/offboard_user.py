"""Closes a sub-user at once, and has it deleted after a grace. For an unknown name the offboard is recorded, so that a
create that comes late makes no user.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.clock import rfc3339
from shared.commands.offboard_user import Left, Offboarded, OffboardUser
from shared.commands.result import PolicyOutcome, UserRef
from shared.concurrency import both
from shared.deadline import Deadline
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.idempotency.user_turns import Turns
from shared.people.life import NOBODY, Life
from shared.people.offboarded_users import OffboardedUser, OffboardedUsers
from shared.people.offboarding import Deletion, NotKnown, Offboarding, Offboardings, gone, made_here
from shared.policies.attachments import Attachments
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, NoSuchUser, Store
from shared.use_cases.close_access import AccessCloser, ClosedAccess

_DAY = 86_400


class OffboardUserUseCase:
    """The use case, for one request. `days`: the grace of a command without one."""

    def __init__(
        self, cam: Directory, store: Store, attachments: Attachments, deadline: Deadline, days: Callable[[], int]
    ) -> None:
        self._cam = cam
        self._attachments = attachments
        self._days = days
        self._deadline = deadline
        self._offboardings = Offboardings(store)
        self._watched = OffboardedUsers(store)
        self._turns = Turns(store, deadline)
        self._closer = AccessCloser(cam, store, attachments, deadline)

    def __call__(self, request: Request[OffboardUser], lease: Lease) -> Offboarded:
        """Make one attempt. Raises Rejected `user_protected`, Conflict `in_progress`, Unavailable, CloudError."""
        with self._turns.turn(request.command.user, request.key) as unsettled:
            person = self._attachments.find(request.command.user) or self._record_for_nobody(request, lease)
            if person is None or request.command.uin not in (None, person.user.uin):
                return _of_nobody(request)
            try:
                return self._offboard(request, lease, person, unsettled)
            except NotKnown:
                if not self._attachments.missing(person.user, self._deadline.clock.now() - lease.first_at):
                    raise
                self._record(request, lease)
                return _of_nobody(request)

    def _record_for_nobody(self, request: Request[OffboardUser], lease: Lease) -> FoundUser | None:
        """Record the offboard for a later create. Returns the user that a create has made meanwhile, or None."""
        self._record(request, lease)
        return self._attachments.find_recorded(request.command.user)

    def _record(self, request: Request[OffboardUser], lease: Lease) -> None:
        found = Offboarding([], [], False, self._delete_at(request, lease))
        self._offboardings.record(_life(request, lease, NOBODY), found)

    def _offboard(
        self, request: Request[OffboardUser], lease: Lease, person: FoundUser, unsettled: float
    ) -> Offboarded:
        user = UserRef(name=person.user.name, uin=person.user.uin)
        own, newest = _life(request, lease, person.user.uin), person.life
        if newest is not None and newest.life.newer_than(own):
            return Offboarded(status="superseded", user=user)
        already = newest is not None and newest.life.effect == "offboard"
        if newest is not None and already and newest.life != own:
            # Another request has closed the user. CAM's reads may still show what it has taken away.
            self._closer.wait_for_reads(unsettled)
            unsettled = 0.0
        found = self._offboardings.record(own, self._find_access(person, already, self._delete_at(request, lease)))
        if newest is None:
            # The user was made by hand, or its create has not recorded it yet. In the second case one of both sees the
            # other's record.
            person = FoundUser(person.user, self._attachments.lives(user.name))
            if person.life is not None and person.life.life.newer_than(own):
                return Offboarded(status="superseded", user=user)
        made = made_here(person.lives, person.user.uin)
        self._watched.add(OffboardedUser(*person.user[:2]))
        if made and found.delete_at is not None:
            self._offboardings.schedule(Deletion(*person.user[:2], found.delete_at))
        closed = self._closer.close(person, max(unsettled, lease.unsettled, _settling(person, own)))
        return self._result(user, found, closed, made)

    def _find_access(self, person: FoundUser, already: bool, delete_at: int | None) -> Offboarding:
        """What the user has before anything is taken away; for a user who is offboarded `already`, what CAM shows."""
        uin, removal = person.user.uin, self._attachments.removal()
        names = removal.attached if already else removal.removable
        try:
            policies, keys = both(lambda: names(person), lambda: self._closer.working_keys(uin), at_once=True)
        except NoSuchUser:
            raise gone() from None
        return Offboarding(policies, keys, already, delete_at)

    def _result(self, user: UserRef, found: Offboarding, closed: ClosedAccess, made: bool) -> Offboarded:
        assert user.uin is not None  # noqa: S101 - for the type checker: somebody was closed
        uin = user.uin
        policies, keys = found.policies, {*found.keys}
        if not found.already:
            policies, keys = sorted({*policies, *closed.policies}), keys | {*closed.keys}
        try:
            groups = sorted(self._closer.asked(lambda: self._cam.groups(uin)))
        except NoSuchUser:
            raise gone() from None
        return Offboarded(
            status="unchanged" if found.already and not (policies or keys) else "offboarded",
            user=user,
            policies=[PolicyOutcome(name=name, outcome="detached") for name in policies],
            keys_disabled=len(keys),
            console_login="closed",
            left=Left(policies=closed.left, groups=groups),
            delete_at=rfc3339(found.delete_at) if made and found.delete_at is not None else None,
        )

    def _delete_at(self, request: Request[OffboardUser], lease: Lease) -> int | None:
        if request.command.keep:
            return None
        days, ended_at = request.command.delete_after_days, request.command.ended_at
        since = lease.time // 1_000_000 if ended_at is None else ended_at
        return since + _DAY * (self._days() if days is None else days)


def _of_nobody(request: Request[OffboardUser]) -> Offboarded:
    """The result where no such user exists."""
    return Offboarded(status="unchanged", user=UserRef(name=request.command.user, uin=None))


def _life(request: Request[OffboardUser], lease: Lease, uin: int) -> Life:
    return Life(request.command.user, uin, "offboard", lease.time, request.key)


def _settling(person: FoundUser, own: Life) -> float:
    """Seconds for which CAM may not show a key that the user's create has made.

    0 where an earlier attempt has recorded the offboard. A create that sees this record disables its later keys itself;
    for earlier keys, the lease says how long CAM may not show them.
    """
    return 0.0 if any(row.life == own for row in person.lives) else person.unsettled()
