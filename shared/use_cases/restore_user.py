"""Restores an offboarded user, with a new password and key, and with the policies in the command. Nothing that the user
had before works again.
"""

from __future__ import annotations

from collections.abc import Callable

from shared.commands.restore_user import Restored, RestoreUser
from shared.commands.result import UserRef
from shared.credentials.csv_file import Credentials, login_url, new_password
from shared.credentials.deliveries import Deliveries
from shared.deadline import Deadline
from shared.errors import Conflict, Rejected
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.idempotency.stored_attempts import open_key
from shared.idempotency.user_turns import Turns
from shared.people.life import Life
from shared.people.offboarded_users import OffboardedUser, OffboardedUsers
from shared.people.offboarding import gone, made_here
from shared.people.scheduled_ends import ScheduledEnd, ScheduledEnds, checked, rfc3339_until
from shared.policies.attachments import Attachments
from shared.policies.permissions_boundary import Boundary
from shared.policies.sub_users import FoundUser
from shared.ports import Directory, NoSuchUser, Store
from shared.secret import Secret
from shared.use_cases.issue_credentials import CredentialIssuer


class RestoreUserUseCase:
    """The use case, for one request."""

    def __init__(
        self,
        cam: Directory,
        store: Store,
        attachments: Attachments,
        boundary: Boundary,
        owner_uin: Callable[[], str],
        deadline: Deadline,
    ) -> None:
        self._cam = cam
        self._store = store
        self._attachments = attachments
        self._boundary = boundary
        self._owner_uin = owner_uin
        self._untils = ScheduledEnds(store)
        self._watched = OffboardedUsers(store)
        self._deadline = deadline
        self._turns = Turns(store, deadline)
        self._issuer = CredentialIssuer(cam, store, deadline)
        self._deliveries = Deliveries(store)

    def __call__(self, request: Request[RestoreUser], lease: Lease) -> Restored:
        """Make one attempt. Raises Conflict `user_not_found`, `user_active`, `in_progress`, Rejected
        `user_not_managed`, `user_protected`, Unavailable, CloudError; the next attempt finishes what was begun.
        """
        command = request.command
        until = checked(command.until, request.received(lease.first_at))
        self._attachments.prepare("grant", command.policies)
        self._boundary.prepare()
        with self._turns.turn(command.user, request.key) as unsettled:
            person = self._managed(command.user)
            life = Life(command.user, person.user.uin, "restore", lease.time, request.key)
            if self._comes_late(person, life):
                return Restored(status="superseded", user=UserRef(name=command.user, uin=life.uin))
            self._attachments.record_life(life, command.policies)
            if until is not None:
                self._untils.schedule(ScheduledEnd("life", command.user, [], lease.time, request.key, until))
            self._issuer.wait_for_reads(max(unsettled, lease.unsettled))
            try:
                return self._restore(command, lease, life, rfc3339_until(until))
            except NoSuchUser:
                if self._attachments.missing(person.user, self._deadline.clock.now() - lease.first_at):
                    raise Conflict("user_not_found") from None
                raise gone() from None

    def _managed(self, name: str) -> FoundUser:
        """The user, if this project created it and its create is done."""
        person = self._attachments.find(name)
        if person is None:
            raise Conflict("user_not_found")
        if not made_here(person.lives, person.user.uin):
            raise Rejected("user_not_managed")
        lives = [row.life for row in person.lives if row.life.uin == person.user.uin]
        if any(life.effect == "create" and self._store.exists(open_key(life.request)) for life in lives):
            # Such a create would replace the password, or close the user because of the offboard.
            raise Conflict("in_progress", "The user is still being created", retry_after=5)
        return person

    def _comes_late(self, person: FoundUser, own: Life) -> bool:
        """Whether the user's life has a newer event. Raises Conflict `user_active` where the user is not offboarded."""
        newest = person.life
        if newest is None or newest.life == own:
            return False
        if newest.life.newer_than(own):
            return True
        if newest.life.effect != "offboard":
            raise Conflict("user_active")
        return False

    def _restore(self, command: RestoreUser, lease: Lease, life: Life, until: str | None) -> Restored:
        """Take away what is left from before, then give the new access, the key last."""
        self._watched.remove(OffboardedUser(life.user, life.uin))
        self._issuer.delete_former(lease)
        self._deliveries.destroy(life.uin)
        for secret_id in self._cam.keys(life.uin):
            self._cam.delete_key(life.uin, secret_id)
        if not command.console_login:
            # Somebody may have opened the login by hand; then the old password would work.
            self._cam.close_login(life.user)
        self._boundary.put(life.uin)
        attached = self._attachments.give_initial_policies(life, command.policies)
        password = self._new_password(life.user) if command.console_login else None
        key = self._issuer.new_key(life.uin, lease) if command.api_access else None
        url = login_url(self._owner_uin(), life.user) if command.console_login else None
        credentials = Credentials(url, life.user, password, key)
        file = self._issuer.deliver(lease, life.uin, credentials, command.encrypt_to)
        user = UserRef(name=life.user, uin=life.uin)
        return Restored(user=user, policies=attached, login_url=url, until=until, file=file)

    def _new_password(self, name: str) -> Secret:
        password = new_password()
        self._cam.set_password(name, password)
        return password
