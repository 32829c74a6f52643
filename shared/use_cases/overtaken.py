"""A create that an offboard has overtaken: nobody is made, and whoever was made already is closed and deleted."""

from __future__ import annotations

from collections.abc import Sequence

from shared.deadline import Deadline
from shared.errors import Conflict
from shared.people.life import Life, LifeRow, refused
from shared.policies.attachments import Attachments
from shared.policies.sub_users import Person
from shared.ports import Directory, Key, Store, User


class Overtaken:
    """What a create asks before and after it."""

    def __init__(self, cam: Directory, store: Store, attachments: Attachments, deadline: Deadline) -> None:
        self._cam = cam
        self._store = store
        self._attachments = attachments
        self._deadline = deadline

    def end(self, life: Life, key: Key | None = None) -> None:
        """Close the user of a create, and have it deleted, unless it has been restored meanwhile. `key`: the create's
        last, which CAM may not show yet. Raises Conflict `in_progress` while somebody else changes the user.
        """
        # Here, since hardly any create is overtaken, and each would load them.
        from shared.idempotency.turns import Turns
        from shared.people.offboarding import Due, Offboardings
        from shared.people.watched import Watched, WatchedUsers
        from shared.use_cases.closing import Closing

        if key is not None:
            self._cam.disable_key(life.uin, key.secret_id)
        offboardings = Offboardings(self._store)
        with Turns(self._store, self._deadline).turn(life.user, life.request):
            person = Person(User(life.user, life.uin, remark=""), self._attachments.lives(life.user))
            if person.life is None or person.life.life.effect != "offboard":
                return
            delete_at = offboardings.met(person.life.life).delete_at
            WatchedUsers(self._store).add(Watched(life.user, life.uin))
            if delete_at is not None:
                offboardings.schedule(Due(life.user, life.uin, delete_at))
            Closing(self._cam, self._store, self._attachments, self._deadline).close(person, 0.0)

    def check(self, life: Life, key: Key | None, lives: Sequence[LifeRow]) -> None:
        """Whoever is offboarded while it is made is closed again. Raises Conflict `user_offboarded`, `in_progress`."""
        if refused(lives, life.time, life.request) is not None:
            self.end(life, key)
            raise Conflict("user_offboarded")
