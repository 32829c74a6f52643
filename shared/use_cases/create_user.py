"""Creates a sub-user, attaches its policies and delivers its credentials; none is lost, and none made twice.

CAM shows a SecretKey once and knows no client token. So the user carries a mark in its remark, and each key that is
made here carries it in its description: an attempt that finds the name taken looks for the mark. If it is there, an
earlier attempt of this very request made the user and nobody has received its credentials: they are replaced. If not,
the user is somebody else's; and where a key is not from here, somebody has put the user right by hand.
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
"""Characters of a remark that are safe; the documentation names no limit."""


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
        """One attempt. Raises Conflict `user_exists`, `user_offboarded`, `keys_not_own`, Unavailable, CloudError; else
        the next attempt finishes the work.
        """
        command = request.command
        until = checked(command.until, request.received(lease.first_at))
        at_once = not self._attachments.knows("grant", command.policies)
        url, _ = both(partial(self._login_url, command), partial(self._prepare, command), at_once=at_once)
        self._issuer.delete_former(lease)
        before = self._attachments.name_records(command.user)
        self._refuse_late(request, lease, before[0])
        uin, password = self._provide(request, lease, before[0])
        life = Life(command.user, uin, "create", lease.time, request.key)
        self._attachments.trace(life, command.policies)
        if until is not None:
            self._untils.schedule(ScheduledEnd("life", command.user, [], lease.time, request.key, until))
        self._boundary.put(uin)
        initial_policies = self._attachments.initial_policies(life, command.policies)
        initial_policies.give(before, has_come=lease.number == 1)
        # Last, so that an attempt that dies leaves no key for as long as possible.
        key = self._issuer.new_key(uin, lease) if command.api_access else None
        credentials = Credentials(url, command.user, password, key)
        file = self._issuer.deliver(lease, uin, credentials, command.encrypt_to)
        # Whatever has come meanwhile, an offboard or an event of a policy, is seen now, or sees this life itself.
        self._overtaken.check(life, key, file, before[0], initial_policies.look_again())
        states = initial_policies.end()
        attached = [name for name in command.policies if states[name].attached]
        user = UserRef(name=command.user, uin=uin)
        return Created(user=user, policies=attached, login_url=url, until=rfc3339_until(until), file=file)

    def _refuse_late(self, request: Request[CreateUser], lease: Lease, lives: Sequence[LifeRow]) -> None:
        """Refuse to make a user for whom a newer offboard is recorded. Raises Conflict `user_offboarded`."""
        if refused(lives, lease.time, request.key) is None:
            return
        if lease.number > 1:
            self._issuer.see_everything(lease.unsettled)
            user = self._own(request, lease)
            if user is not None:
                life = Life(user.name, user.uin, "create", lease.time, request.key)
                self._attachments.trace(life, request.command.policies)
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
        """The user's UIN and password: a new user's, or one's that an earlier attempt made."""
        user = self._own(request, lease) if lease.number > 1 else None
        if user is not None:
            self._issuer.see_everything(lease.unsettled)
            return self._replace(request, lease, user, lives)
        password = new_password() if request.command.console_login else None
        try:
            uin, _ = self._cam.add_user(_new_user(request, mark(lease), password))
        except NameTaken:
            # Before the first attempt there was none: what holds the name, shown or not, is not this request's.
            self._issuer.see_everything(lease.unsettled)
            user = self._own(request, lease) if lease.number > 1 else None
            if user is None:
                raise Conflict("user_exists") from None
        except OutcomeUnknown as unknown:
            if unknown.in_flight:
                # CAM may be at work on it: the password could come after the one that would replace it.
                raise
            self._issuer.see_everything(VISIBLE)
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
        return user and self._attachments.touch(user)

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
