"""Handles a create whose user was offboarded by a newer event: no user is created, or the new user is closed and
deleted.

An older offboard may find the new user, too, if it read the lives before the create recorded its own, and then found
the user in CAM. Then the create repeats its work after that offboard.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.deadline import Deadline
from shared.errors import Conflict
from shared.people.life import Life, LifeRow, refused
from shared.policies.attachments import Attachments
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, Key, Store, User


class OvertakenCreate:
    """The checks of a create, before and after it makes the user."""

    def __init__(self, cam: Directory, store: Store, attachments: Attachments, deadline: Deadline) -> None:
        self._cam = cam
        self._store = store
        self._attachments = attachments
        self._deadline = deadline

    def end(self, life: Life, key: Key | None = None, file: str | None = None) -> None:
        """Close the user of a create and have it deleted, unless it was restored meanwhile. `key`: the last key of the
        create, which CAM may not show yet; `file`: its file, which the offboard may have looked for too early. Raises
        Conflict `in_progress` while another request changes the user.
        """
        # Imported here, because this hardly ever happens.
        from shared.idempotency.user_turns import Turns
        from shared.people.offboarded_users import OffboardedUser, OffboardedUsers
        from shared.people.offboarding import Deletion, Offboardings
        from shared.use_cases.close_access import AccessCloser

        if key is not None:
            self._cam.disable_key(life.uin, key.secret_id)
        if file is not None:
            self._store.delete(file)
        offboardings = Offboardings(self._store)
        with Turns(self._store, self._deadline).turn(life.user, life.request):
            person = FoundUser(User(life.user, life.uin, remark=""), self._attachments.lives(life.user))
            if person.life is None or person.life.life.effect != "offboard":
                return
            delete_at = offboardings.met(person.life.life).delete_at
            OffboardedUsers(self._store).add(OffboardedUser(life.user, life.uin))
            if delete_at is not None:
                offboardings.schedule(Deletion(life.user, life.uin, delete_at))
            AccessCloser(self._cam, self._store, self._attachments, self._deadline).close(person, 0.0)

    def wait(self, life: Life, before: Sequence[LifeRow]) -> None:
        """Wait until an older offboard that has found the user is done, and delete its record of the user as
        offboarded. Raises Conflict `in_progress`, Unavailable.
        """
        if not _met(before, life.uin):
            return
        from shared.idempotency.user_turns import Turns
        from shared.people.offboarded_users import OffboardedUser, OffboardedUsers

        with Turns(self._store, self._deadline).turn(life.user, life.request):
            # A newer offboard may have come during the wait. Then the user is closed, and stays recorded as offboarded.
            if refused(self._attachments.lives(life.user), life.time, life.request) is None:
                OffboardedUsers(self._store).remove(OffboardedUser(life.user, life.uin))

    def check(
        self, life: Life, key: Key | None, file: str, before: Sequence[LifeRow], lives: Sequence[LifeRow]
    ) -> None:
        """Close a user who was offboarded while it was created; `before`: the records that this attempt found at first.

        Raises Conflict `user_offboarded`, or `in_progress` where an older offboard came in between.
        """
        if refused(lives, life.time, life.request) is not None:
            self.end(life, key, file)
            raise Conflict("user_offboarded")
        if _met(lives, life.uin) != _met(before, life.uin):
            raise Conflict("in_progress", "An older offboard has met the new user", retry_after=5)


def _met(lives: Sequence[LifeRow], uin: int) -> list[Life]:
    return [row.life for row in lives if row.life.uin == uin and row.life.effect == "offboard"]
