"""Takes a sub-user's access away. It begins with what gives most access, so that a crash in between leaves less."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from shared.concurrency import each
from shared.credentials.deliveries import Deliveries
from shared.deadline import Deadline
from shared.errors import Settling, Unavailable
from shared.people.offboarding import gone
from shared.policies.attachments import Attachments
from shared.policies.policy_writes import retry_unknown_user
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, NoSuchUser, Store

T = TypeVar("T")


class ClosedAccess(NamedTuple):
    """What was taken away (ids of API keys, names of policies), and the names of the policies that stay."""

    keys: list[str]
    policies: list[str]
    left: list[str]


class AccessCloser:
    """The steps, for one request. Each step sets a state, so repeating it is harmless."""

    def __init__(self, cam: Directory, store: Store, attachments: Attachments, deadline: Deadline) -> None:
        self._cam = cam
        self._deliveries = Deliveries(store)
        self._attachments = attachments
        self._deadline = deadline

    def close(self, person: FoundUser, unsettled: float) -> ClosedAccess:
        """Disable keys, close the login, delete credentials files, detach policies. Raises Unavailable, CloudError.

        `unsettled`: seconds for which CAM may not show a key that was made before; after that time the keys are checked
        again.
        """
        user = person.user
        try:
            keys = self._disable(user.uin)
            retry_unknown_user(lambda: self._cam.close_login(user.name), self._deadline)
            self._deliveries.destroy(user.uin)
            taken, left = self._attachments.removal().strip(person)
            if unsettled > 0:
                self.wait_for_reads(unsettled)
                keys += self._disable(user.uin)
        except NoSuchUser:
            raise gone() from None
        return ClosedAccess(keys, taken, left)

    def working_keys(self, uin: int) -> list[str]:
        """The ids of the enabled API keys. Raises NoSuchUser."""
        return self.asked(lambda: self._cam.active_keys(uin))

    def asked(self, look: Callable[[], T]) -> T:
        """The result of a read about a user, repeated while CAM does not know a new user yet. Raises NoSuchUser."""
        found: list[T] = []
        retry_unknown_user(lambda: found.append(look()), self._deadline)
        return found[0]

    def wait_for_reads(self, seconds: float) -> None:
        """Wait until CAM's reads show earlier writes. Raises Settling where there is no time for it; then the lease is
        kept.
        """
        try:
            self._deadline.wait(seconds)
        except Unavailable as late:
            self._deadline.unsettled = True
            raise Settling(late.detail, retry_after=late.retry_after or 5) from None

    def _disable(self, uin: int) -> list[str]:
        keys = self.working_keys(uin)
        each(lambda secret_id: self._cam.disable_key(uin, secret_id), keys)
        return keys
