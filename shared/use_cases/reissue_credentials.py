"""Gives a user a new password and key, which are delivered as after a create. The old ones stop working."""

from __future__ import annotations

from collections.abc import Callable

from shared.clock import rfc3339
from shared.commands.reissue_credentials import ReissueCredentials, Reissued
from shared.commands.result import UserRef
from shared.credentials.csv_file import Credentials, login_url, new_password
from shared.credentials.deliveries import Deliveries
from shared.credentials.overlaps import Overlap, Overlaps
from shared.deadline import Deadline
from shared.errors import Conflict, Rejected
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import open_key
from shared.idempotency.user_turns import Turns
from shared.people.life import LifeRow
from shared.people.offboarding import gone, made_here
from shared.policies.attachments import LATELY, Attachments
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, NoSuchUser, Store, User
from shared.secret import Secret
from shared.use_cases.issue_credentials import CredentialIssuer, mark

_HOUR = 3600


class ReissueCredentialsUseCase:
    """The use case, for one request."""

    def __init__(
        self,
        cam: Directory,
        store: Store,
        attachments: Attachments,
        owner_uin: Callable[[], str],
        deadline: Deadline,
    ) -> None:
        self._cam = cam
        self._store = store
        self._attachments = attachments
        self._owner_uin = owner_uin
        self._deadline = deadline
        self._turns = Turns(store, deadline)
        self._issuer = CredentialIssuer(cam, store, deadline)
        self._deliveries = Deliveries(store)
        self._overlaps = Overlaps(store)

    def __call__(self, request: Request[ReissueCredentials], lease: Lease) -> Reissued:
        """Make one attempt. Raises Conflict `user_not_found`, `user_offboarded`, `in_progress`, Rejected
        `user_not_managed`, `user_protected`, Unavailable, CloudError; the next attempt finishes what was begun.
        """
        with self._turns.turn(request.command.user, request.key) as unsettled:
            person = self._holder(request.command.user)
            tried = self._deadline.clock.now() - lease.first_at
            self._issuer.wait_for_reads(max(unsettled, lease.unsettled, person.unsettled(tried)))
            try:
                return self._reissue(request.command, lease, person.user)
            except NoSuchUser:
                if self._attachments.missing(person.user, tried):
                    raise Conflict("user_not_found") from None
                raise gone() from None

    def _holder(self, name: str) -> FoundUser:
        """The user, if new credentials may be issued for it."""
        person = self._attachments.find(name)
        if person is None:
            raise Conflict("user_not_found")
        if person.life is None or not made_here(person.lives, person.user.uin):
            raise Rejected("user_not_managed")
        if person.life.life.effect == "offboard":
            raise Conflict("user_offboarded")
        if any(self._at_work(row) for row in person.lives if row.life.uin == person.user.uin):
            raise Conflict("in_progress", "The user is still being created", retry_after=5)
        return person

    def _at_work(self, row: LifeRow) -> bool:
        """Whether a create of the user may still be at work; its credentials would not work when they are delivered."""
        lately = row.age is None or row.age < LATELY
        return row.life.effect == "create" and lately and self._store.exists(open_key(row.life.request))

    def _reissue(self, command: ReissueCredentials, lease: Lease, user: User) -> Reissued:
        self._issuer.delete_former(lease)
        self._deliveries.destroy(user.uin)
        until = self._delete_keys(command, lease, user) if command.api_access else None
        password = self._new_password(user) if command.console_login else None
        key = self._issuer.new_key(user.uin, lease) if command.api_access else None
        url = login_url(self._owner_uin(), user.name) if command.console_login else None
        credentials = Credentials(url, user.name, password, key)
        file = self._issuer.deliver(lease, user.uin, credentials, command.encrypt_to)
        ref = UserRef(name=user.name, uin=user.uin)
        return Reissued(user=ref, login_url=url, overlap_until=rfc3339(until) if until else None, file=file)

    def _delete_keys(self, command: ReissueCredentials, lease: Lease, user: User) -> int | None:
        """Delete the older keys; with an overlap, all but the newest. Returns the end of that key, or None."""
        keys = self._cam.aged_keys(user.uin)
        older = [secret_id for secret_id, description in keys if description != mark(lease)]
        kept = older[-1:] if command.overlap_hours else []
        until = lease.time // 1_000_000 + command.overlap_hours * _HOUR
        for secret_id in kept:
            self._overlaps.schedule(Overlap(user.name, user.uin, secret_id, until))
        for secret_id, _ in keys:
            if secret_id not in kept:
                self._cam.delete_key(user.uin, secret_id)
        return until if kept else None

    def _new_password(self, user: User) -> Secret:
        password = new_password()
        self._cam.set_password(user.name, password)
        return password
