"""Take away what an unclaimed file gives: the user's keys and console login. The user and its policies stay."""

from __future__ import annotations

from shared.credentials.pick_up import PickUpLink
from shared.errors import Rejected
from shared.policies.authorization import Authorization
from shared.ports import Directory


class DisableUnclaimed:
    """The accounts of people who did not come."""

    def __init__(self, cam: Directory, guard: Authorization) -> None:
        self._cam = cam
        self._guard = guard

    def close(self, link: PickUpLink) -> bool:
        """Disable the keys, then the login; False for a user that the link is not for, or that is protected.

        Both are states, so doing it again is harmless. A user of that name with another UIN was made by somebody else
        since: a UIN is never given twice.
        """
        user = self._cam.user(link.user)
        if user is None or user.uin != link.uin:
            return False
        try:
            self._guard.touch(user)
        except Rejected:
            return False
        for secret_id in self._cam.keys(user.uin):
            self._cam.disable_key(user.uin, secret_id)
        self._cam.close_login(user.name)
        return True
