"""Creates a sub-user, attaches its policies and delivers its credentials. Credentials are never lost and never made
twice.

CAM shows a SecretKey only once and has no idempotency tokens. So the user has a mark in its remark, and each key that
is made here has the mark as its description. An attempt that finds the name taken checks the mark. With the mark, an
earlier attempt of this request created the user, and nobody has received its credentials: they are replaced. Without
it, the user belongs to somebody else. If the user has a key without the mark, somebody has repaired the user by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from shared.commands.create_user import Created, CreateUser
from shared.commands.result import UserRef
from shared.concurrency import both
from shared.credentials.csv_file import Credentials, login_url, new_password
from shared.deadline import Deadline
from shared.errors import Conflict, OutcomeUnknown, Unavailable
from shared.idempotency.lease import VISIBLE, Lease
from shared.idempotency.request import Request
from shared.people.life import Life, LifeRow, refused
from shared.people.scheduled_ends import ScheduledEnd, ScheduledEnds, checked, rfc3339_until
from shared.policies.attachments import Attachments, came_lately
from shared.policies.permissions_boundary import Boundary
from shared.ports import Directory, NameTaken, NewUser, Store, User
from shared.secret import Secret
from shared.use_cases.delete_own_keys import delete_own_keys
from shared.use_cases.issue_credentials import CredentialIssuer, mark
from shared.use_cases.overtaken_create import OvertakenCreate

_REMARK = 100
"""The characters of a remark that are certainly accepted; the documentation gives no limit."""


class CreateUserUseCase:
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
        self._attachments = attachments
        self._boundary = boundary
        self._owner_uin = owner_uin
        self._untils = ScheduledEnds(store)
        self._issuer = CredentialIssuer(cam, store, deadline)
        self._overtaken = OvertakenCreate(cam, store, attachments, deadline)

    def __call__(self, request: Request[CreateUser], lease: Lease) -> Created:
        """Make one attempt. Raises Conflict `user_exists`, `user_offboarded`, `keys_not_own`, Unavailable, CloudError;
        after other errors the next attempt finishes the work.
        """
        command = request.command
        until = checked(command.until, request.received(lease.first_at))
        at_once = not self._attachments.is_prepared("grant", command.policies)
        url, _ = both(partial(self._login_url, command), partial(self._prepare, command), at_once=at_once)
        self._issuer.delete_former(lease)
        before = self._attachments.name_records(command.user)
        self._refuse_late(request, lease, before[0])
        uin, password = self._provide(request, lease, before[0])
        life = Life(command.user, uin, "create", lease.time, request.key)
        self._attachments.record_life(life, command.policies)
        if until is not None:
            self._untils.schedule(ScheduledEnd("life", command.user, [], lease.time, request.key, until))
        self._boundary.put(uin)
        initial_policies = self._attachments.initial_policies(life, command.policies)
        initial_policies.give(before, has_come=lease.number == 1)
        # The key is made late, so that a crash rarely leaves one behind.
        key = self._issuer.new_key(uin, lease) if command.api_access else None
        credentials = Credentials(url, command.user, password, key)
        file = self._issuer.deliver(lease, uin, credentials, command.encrypt_to)
        # An offboard or a policy event that came meanwhile is either seen now, or has seen the record of this life
        # itself.
        self._overtaken.check(life, key, file, before[0], initial_policies.look_again())
        states = initial_policies.end()
        attached = [name for name in command.policies if states[name].attached]
        user = UserRef(name=command.user, uin=uin)
        return Created(user=user, policies=attached, login_url=url, until=rfc3339_until(until), file=file)

    def _refuse_late(self, request: Request[CreateUser], lease: Lease, lives: Sequence[LifeRow]) -> None:
        """Refuse to create a user for whom a newer offboard is recorded. Raises Conflict `user_offboarded`."""
        if refused(lives, lease.time, request.key) is None:
            return
        if lease.number > 1:
            self._issuer.wait_for_reads(lease.unsettled)
            user = self._own(request, lease)
            if user is not None:
                life = Life(user.name, user.uin, "create", lease.time, request.key)
                self._attachments.record_life(life, request.command.policies)
                self._overtaken.end(life)
        raise Conflict("user_offboarded")

    def _login_url(self, command: CreateUser) -> str | None:
        return login_url(self._owner_uin(), command.user) if command.console_login else None

    def _prepare(self, command: CreateUser) -> None:
        self._attachments.prepare("grant", command.policies)
        self._boundary.prepare()

    def _provide(
        self, request: Request[CreateUser], lease: Lease, lives: Sequence[LifeRow]
    ) -> tuple[int, Secret | None]:
        """The user's UIN and password: of a new user, or of one that an earlier attempt created."""
        user = self._own(request, lease) if lease.number > 1 else None
        if user is not None:
            self._issuer.wait_for_reads(lease.unsettled)
            return self._replace(request, lease, user, lives)
        password = new_password() if request.command.console_login else None
        try:
            uin, _ = self._cam.add_user(_new_user(request, mark(lease), password))
        except NameTaken:
            # The first attempt cannot have an earlier one: so the user belongs to somebody else, whether CAM shows it
            # or not.
            self._issuer.wait_for_reads(lease.unsettled)
            user = self._own(request, lease) if lease.number > 1 else None
            if user is None:
                raise Conflict("user_exists") from None
        except OutcomeUnknown as unknown:
            if unknown.in_flight:
                # CAM may still work on it: its password could take effect after a new one.
                raise
            self._issuer.wait_for_reads(VISIBLE)
            user = self._own(request, lease)
            if user is None:
                raise Unavailable("AddUser failed", retry_after=5) from None
        else:
            return uin, password
        return self._replace(request, lease, user, lives)

    def _own(self, request: Request[CreateUser], lease: Lease) -> User | None:
        user = self._cam.user(request.command.user)
        if user is not None and not user.remark.endswith(mark(lease)):
            raise Conflict("user_exists")
        return user and self._attachments.check_unprotected(user)

    def _replace(
        self, request: Request[CreateUser], lease: Lease, user: User, lives: Sequence[LifeRow]
    ) -> tuple[int, Secret | None]:
        """Set a new password and delete the keys of earlier attempts; the new key is made later."""
        self._overtaken.wait(Life(user.name, user.uin, "create", lease.time, request.key), lives)
        delete_own_keys(self._cam, user, (mark(lease),), came_lately(lives, user))
        password = new_password() if request.command.console_login else None
        if password is not None:
            self._cam.set_password(user.name, password)
        return user.uin, password


def _new_user(request: Request[CreateUser], signed: str, password: Secret | None) -> NewUser:
    command = request.command
    remark = (command.remark or "")[: _REMARK - len(signed) - 1]
    contact = {"Email": command.email, "PhoneNum": command.phone, "CountryCode": command.country_code}
    return NewUser(
        name=command.user,
        remark=f"{remark} {signed}".strip(),
        console_login=command.console_login,
        api_access=False,
        password=password,
        contact={name: value for name, value in contact.items() if value is not None},
    )
