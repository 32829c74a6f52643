"""A create that an offboard has overtaken: nobody is made, and whoever was made already is closed and deleted."""

from __future__ import annotations

from collections.abc import Sequence

from shared.deadline import Deadline
from shared.errors import Conflict
from shared.idempotency.turns import Turns
from shared.people.life import Life, LifeRow
from shared.people.offboarding import Due, Offboardings, refused
from shared.people.watched import Watched, WatchedUsers
from shared.policies.attachments import Attachments
from shared.policies.sub_users import Person
from shared.ports import Directory, Key, Store, User
from shared.use_cases.closing import Closing


class Overtaken:
    """What a create asks before and after it."""

    def __init__(self, cam: Directory, store: Store, attachments: Attachments, deadline: Deadline) -> None:
        self._cam = cam
        self._attachments = attachments
        self._offboardings = Offboardings(store)
        self._watched = WatchedUsers(store)
        self._turns = Turns(store, deadline)
        self._closing = Closing(cam, store, attachments, deadline)

    def end(self, life: Life, key: Key | None = None) -> None:
        """Close the user of a create, and have it deleted, unless it has been restored meanwhile. `key`: the create's
        last, which CAM may not show yet. Raises Conflict `in_progress` while somebody else changes the user.
        """
        if key is not None:
            self._cam.disable_key(life.uin, key.secret_id)
        with self._turns.turn(life.user, life.request):
            person = Person(User(life.user, life.uin, remark=""), self._attachments.lives(life.user))
            if person.life is None or person.life.life.effect != "offboard":
                return
            delete_at = self._offboardings.met(person.life.life).delete_at
            self._watched.add(Watched(life.user, life.uin))
            if delete_at is not None:
                self._offboardings.schedule(Due(life.user, life.uin, delete_at))
            self._closing.close(person, 0.0)

    def check(self, life: Life, key: Key | None, lives: Sequence[LifeRow]) -> None:
        """Whoever is offboarded while it is made is closed again. Raises Conflict `user_offboarded`, `in_progress`."""
        if refused(lives, life.time, life.request) is not None:
            self.end(life, key)
            raise Conflict("user_offboarded")
