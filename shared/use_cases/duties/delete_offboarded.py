"""The duty that deletes offboarded users after their grace, if they are still offboarded and were created by this
project.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from shared.people.life import LifeRow, newest_of
from shared.people.offboarding import Deletion, Offboardings, made_here
from shared.policies.authorization import Authorization
from shared.ports import Clock, Directory, NoSuchUser, User
from shared.use_cases.duties.duty import Done, Held, Late


class DeleteOffboarded:
    """The duty. `lives`: the events of a name; `turn`: keeps others from changing the user; `notify`: notifies of a
    deletion, once or more often; `destroy_files`: deletes the credentials files of a UIN; `limit`: the most users in
    one run, so that a wrong order does not delete everybody at once.
    """

    name = "deletions"

    def __init__(
        self,
        cam: Directory,
        authorization: Authorization,
        offboardings: Offboardings,
        lives: Callable[[str], Sequence[LifeRow]],
        turn: Callable[[str], AbstractContextManager[object]],
        notify: Callable[[Deletion], None],
        destroy_files: Callable[[int], None],
        clock: Clock,
        limit: int,
    ) -> None:
        self._cam = cam
        self._authorization = authorization
        self._offboardings = offboardings
        self._lives = lives
        self._turn = turn
        self._notify = notify
        self._destroy_files = destroy_files
        self._clock = clock
        self._limit = limit
        self._tried = 0

    def due(self, late: Late) -> Sequence[str]:  # noqa: ARG002 - one listing finds it all
        """The keys of the deletions that are due."""
        return self._offboardings.due(self._clock)

    def do(self, item: str) -> Done:
        """Delete one, unless its life has changed, also while this waited for the turn. Raises ImAccessError where it
        is still due, Held beyond the limit.
        """
        self._tried += 1
        if self._tried > self._limit:
            raise Held
        due = self._offboardings.read(item)
        if due is not None and self._holds(due):
            with self._turn(due.user):
                deleted = self._holds(due)
                if deleted:
                    self._delete_if_same_user(due)
                    # An offboard that died early leaves the files, and would not find the user any more.
                    self._destroy_files(due.uin)
            if deleted:
                self._notify(due)
        self._offboardings.forget(item)
        return {"finished": 1}

    def ended(self, left: Sequence[str]) -> None:
        """Does nothing: the object keys say what is due."""

    def _holds(self, due: Deletion) -> bool:
        rows = self._lives(due.user)
        newest = newest_of(rows, due.uin)
        if newest is None or newest.life.effect != "offboard" or not made_here(rows, due.uin):
            return False
        return self._offboardings.met(newest.life).delete_at == due.due

    def _delete_if_same_user(self, due: Deletion) -> None:
        user = self._cam.user(due.user)
        # A user with that name and another UIN is another user.
        if user is not None and user.uin == due.uin:
            self._delete(user)

    def _delete(self, user: User) -> None:
        """Delete the keys, then the user. CAM refuses where somebody has made another key meanwhile."""
        self._authorization.check_unprotected(user)
        try:
            for secret_id in self._cam.keys(user.uin):
                self._cam.delete_key(user.uin, secret_id)
        except NoSuchUser:
            return
        self._cam.delete_user(user.name)
