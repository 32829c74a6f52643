"""A create that an offboard has overtaken: nobody is made, and whoever was made already is closed and deleted."""

from __future__ import annotations

from shared.deadline import Deadline
from shared.errors import Conflict
from shared.people.life import Life
from shared.people.offboarding import Due, Offboardings, refused
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
        self._closing = Closing(cam, store, attachments, deadline)

    def by(self, name: str, time: int, request: str) -> Life | None:
        """The offboard that is newer than the create of this time, if there is one."""
        return refused(self._attachments.lives(name), time, request)

    def end(self, life: Life, offboard: Life, key: Key | None = None) -> None:
        """Close the user of a create, and have it deleted. `key`: its last, which CAM may not show yet."""
        delete_at = self._offboardings.met(offboard).delete_at
        if delete_at is not None:
            self._offboardings.schedule(Due(life.user, life.uin, delete_at))
        if key is not None:
            self._cam.disable_key(life.uin, key.secret_id)
        person = Person(User(life.user, life.uin, remark=""), self._attachments.lives(life.user))
        self._closing.close(person, 0.0)

    def look_again(self, life: Life, key: Key | None) -> None:
        """Whoever is offboarded while it is made is closed again. Raises Conflict `user_offboarded`."""
        newer = self.by(life.user, life.time, life.request)
        if newer is not None:
            self.end(life, newer, key)
            raise Conflict("user_offboarded")
