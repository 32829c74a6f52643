"""What a change at SCIM means for the sub-user, done by the commands that everybody else sends.

Nothing here is decided by a request alone: what is brought about is what the stored resources say now, so it may be
done by the request, by its repetition or by the sweep. A command's identity is that of the change, so it is done once
for it; and its time is that of the change, so among others the newest wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from shared.commands import CreateUser, GrantPolicy, OffboardUser, RestoreUser, RevokePolicy
from shared.concurrency import each
from shared.entrypoints.carry_out import Cause, carry_out
from shared.errors import ImAccessError, Settling, Unavailable
from shared.identity import identity_hash
from shared.operations import CREATE_USER, GRANT_POLICY, OFFBOARD_USER, RESTORE_USER, REVOKE_POLICY
from shared.scim.documents import Documents
from shared.scim.due import Note
from shared.scim.giving import Giving, Groups
from shared.scim.hiding import SUB_USER, UIN, Hidden
from shared.scim.records import Life, UserRecord
from shared.scim.sub_user_names import candidates
from shared.scim.users import Changing

if TYPE_CHECKING:
    from shared.bootstrap.container import Container

_STEPS = 6
"""Names that are tried for one user, and turns that its life may take meanwhile."""
_AT_ONCE = 600.0
"""Seconds after a change of a group within which a later revoke of its policy may be of another group's change."""
_MOST_GIVEN = 20
"""Policies that a create or a restore may name."""


class Effects:
    """The commands of one invocation."""

    def __init__(
        self,
        container: Container,
        users: Documents[UserRecord],
        groups: Groups,
        giving: Giving,
        hidden: Hidden,
    ) -> None:
        self._container = container
        self._users = users
        self._groups = groups
        self._giving = giving
        self._hidden = hidden

    def bring_about(self, note: Note) -> bool:
        """Bring CAM in line with what a change left; False where all is done that can be seen, and is to be looked at
        once more when CAM shows it. Raises ImAccessError: it is still due.
        """
        try:
            if note.kind == "users":
                self._user(note.id)
            else:
                self._group(note)
        except Settling:
            return False
        return True

    def _show(self, record: UserRecord) -> None:
        """List a user, or do not any more."""
        if record.deleted:
            self._users.bury(record.id, record.stay)
        else:
            self._users.enliven(record.id, record.stay)

    def _user(self, id: str) -> None:
        for _ in range(_STEPS):
            record = self._users.newest(id)
            if record is None or self._live(record):
                return
        raise Unavailable("Nobody can be made of this user's name", retry_after=60)

    def _live(self, record: UserRecord) -> bool:
        """Do what the newest turn of a life asks for; False where the record was changed for that, or meanwhile."""
        self._show(record)
        effect = record.life.effect
        if effect == "create":
            return self._create(record)
        if record in self._hidden:
            # Whoever came to be protected meanwhile is left as it is.
            return True
        return self._restore(record) if effect == "restore" else self._close(record)

    def _create(self, record: UserRecord) -> bool:
        life = record.life
        command = CreateUser.inside({"user": record.sub_user, **_gift(life)})
        try:
            made = carry_out(self._container, CREATE_USER, command, _born(record, life)).result.user
        except ImAccessError as error:
            if error.code in ("user_exists", "user_protected"):
                return self._anew(record, self._another_name(record))
            if error.code == "user_offboarded" and self._users.newest(record.id) == record:
                return self._anew(record, self._another_name(record))
            if error.code == "user_offboarded":
                return False
            raise
        self._users.point(record.id, UIN, str(made.uin))
        self._users.point(record.id, SUB_USER, made.name.casefold())
        if life.n > 1:
            # Who is made after having been there may be in groups, and those may have changed.
            self._catch_up(record)
        return True

    def _restore(self, record: UserRecord) -> bool:
        """Open the sub-user again; one that is gone meanwhile, or whose name is somebody else's, is made anew."""
        whose = self._whose(record)
        if whose != "own":
            name = self._another_name(record) if whose == "other" else record.sub_user
            return self._anew(record, name)
        life = record.life
        command = RestoreUser.inside({"user": record.sub_user, **_gift(life)})
        cause = Cause(("scim", "user", record.id, str(life.n)), life.time / 1_000_000, life.caller)
        try:
            carry_out(self._container, RESTORE_USER, command, cause)
        except ImAccessError as error:
            if error.code == "user_not_found":
                return self._anew(record, record.sub_user)
            # Who was never closed, since both changes came at once, has what it had.
            if error.code != "user_active":
                raise
        self._catch_up(record)
        return True

    def _catch_up(self, record: UserRecord) -> None:
        """What groups have come to give, or give no more, since the turn of life was written down."""
        now, then = self._groups.policies_of(record.id, record.stay), record.life.policies
        life, user = record.life, record.sub_user
        for policy in now:
            cause = Cause(("scim", "also", record.id, str(life.n), policy), (life.time + 1) / 1_000_000, life.caller)
            if policy not in then[:_MOST_GIVEN]:
                carry_out(self._container, GRANT_POLICY, GrantPolicy(user=user, policies=[policy]), cause)
        for policy in then:
            cause = Cause(("scim", "not", record.id, str(life.n), policy), (life.time + 1) / 1_000_000, life.caller)
            if policy not in now:
                carry_out(self._container, REVOKE_POLICY, RevokePolicy(user=user, policies=[policy]), cause)

    def _close(self, record: UserRecord) -> bool:
        """Close the sub-user, or see to it that a create which is late makes nobody."""
        life = record.life
        if record.birth is None or self._whose(record) in ("gone", "other"):
            return True
        told: dict[str, Any] = {"user": record.sub_user} | ({"keep": True} if life.effect == "suspend" else {})
        cause = Cause(("scim", "user", record.id, str(life.n)), life.time / 1_000_000, life.caller)
        carry_out(self._container, OFFBOARD_USER, OffboardUser.inside(told), cause)
        return True

    def _group(self, note: Note) -> None:
        group = self._groups.newest(note.id)
        policy = self._giving.policy(group.name) if group is not None else None
        if policy is None:
            return
        work = [partial(self._grant, note, policy, user) for user in note.added]
        work += [partial(self._revoke, note, policy, user) for user in note.removed]
        each(lambda one: one(), work)

    def _grant(self, note: Note, policy: str, user: str) -> None:
        record = self._users.newest(user)
        if record is None or not record.active or record in self._hidden or not self._given(policy, record):
            return
        whose = self._whose(record)
        if whose == "unborn":
            raise Unavailable("The user is still being made", retry_after=2)
        if whose != "own":
            return
        command = GrantPolicy(user=record.sub_user, policies=[policy])
        try:
            came = carry_out(self._container, GRANT_POLICY, command, _membership("grant", note, record)).result
            if any(one.outcome == "superseded" for one in came.policies) and self._again(policy, note, record):
                # Somebody has taken it out of another group that gives the same, before this one was written.
                self._give_again(policy, note, record)
        except ImAccessError as error:
            if error.code != "user_offboarded":
                raise
            # Either it is closed by now, and its groups count when it comes back; or it is about to come back.
            again = self._users.newest(user)
            if again is not None and again.active:
                raise Unavailable("The user is being opened again", retry_after=5) from None

    def _revoke(self, note: Note, policy: str, user: str) -> None:
        record = self._users.newest(user)
        if record is None or not record.active or record in self._hidden or self._given(policy, record):
            return
        if self._whose(record) != "own":
            return
        command = RevokePolicy(user=record.sub_user, policies=[policy])
        carry_out(self._container, REVOKE_POLICY, command, _membership("revoke", note, record))
        if self._given(policy, record):
            # Somebody has put it into another group that gives the same, while this one was looked at.
            self._give_again(policy, note, record)

    def _give_again(self, policy: str, note: Note, record: UserRecord) -> None:
        cause = _membership("again", note, record)._replace(time=self._container.clock.now())
        carry_out(self._container, GRANT_POLICY, GrantPolicy(user=record.sub_user, policies=[policy]), cause)

    def _again(self, policy: str, note: Note, record: UserRecord) -> bool:
        """Whether two groups were changed at once; else what came later than the note has the last word."""
        at_once = self._container.clock.now() - note.time / 1_000_000 < _AT_ONCE
        return at_once and self._given(policy, record)

    def _given(self, policy: str, record: UserRecord) -> bool:
        if policy in self._giving.always:
            return True
        return any(group.members.get(record.id) == record.stay for group in self._groups.giving(policy))

    def _whose(self, record: UserRecord) -> str:
        """Whether the sub-user of the name is this user's `own`, `gone`, an `other`'s, or `unborn`.

        By the name alone nobody could tell: somebody may have deleted the sub-user, and made another of its name.
        """
        if record.birth is None:
            return "unborn"
        person, rows = self._container.find_sub_user(record.sub_user)
        key = identity_hash(CREATE_USER.function, _born(record, record.birth).identity)
        own = next((row.life.uin for row in rows if row.life.effect == "create" and row.life.request == key), None)
        if person is None:
            return "unborn" if own is None else "gone"
        if own is None:
            # A create that has died before it wrote down whom it made; else the name is somebody else's.
            return "unborn" if not rows else "other"
        return "own" if person.user.uin == own else "other"

    def _anew(self, record: UserRecord, name: str) -> bool:
        """Write down that the user is to be made under a name; False, as it is still to be done."""
        changing = Changing(self._container.clock, record.life.caller)

        def change(before: UserRecord | None) -> UserRecord | None:
            return changing.made_anew(record, name) if before == record else None

        self._users.change(record.id, change)
        return False

    def _another_name(self, record: UserRecord) -> str:
        names: Sequence[str] = candidates(record.name, f"{record.id}{record.stay}")
        later = [name for name in names if name != record.sub_user]
        if record.sub_user in names:
            later = list(names[names.index(record.sub_user) + 1 :])
        if not later:
            raise ImAccessError("user_exists", "No name is left for this user")
        return later[0]


def _born(record: UserRecord, life: Life) -> Cause:
    identity = ("scim", "user", record.id, str(life.n), record.sub_user)
    return Cause(identity, life.time / 1_000_000, life.caller)


def _membership(effect: str, note: Note, record: UserRecord) -> Cause:
    """No older than the user's life: what was given before it would not count."""
    identity = ("scim", effect, note.id, note.change, record.id, str(record.life.n))
    return Cause(identity, max(note.time, record.life.time + 1) / 1_000_000, note.caller)


def _gift(life: Life) -> dict[str, Any]:
    told = {"policies": life.policies[:_MOST_GIVEN], "email": life.email, "language": life.language}
    return {name: value for name, value in told.items() if value is not None}
