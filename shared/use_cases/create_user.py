"""Create a sub-user, attach its policies, deliver its credentials: none lost, none doubled.

CAM shows a SecretKey once and knows no client token. So the user carries this request's mark in its remark: an attempt
that finds the name taken looks for the mark. If it is there, an earlier attempt of this very request made the user and
nobody has received its credentials: they are replaced. If not, the user is somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from shared.commands import CreateUser
from shared.concurrency import both
from shared.credentials.csv_file import FILES, Credentials, file_headers, file_name, login_url, new_password
from shared.credentials.encryption import encrypt
from shared.deadline import Deadline
from shared.errors import Conflict, OutcomeUnknown, Unavailable
from shared.idempotency.records import VISIBLE, Lease
from shared.idempotency.request import Request
from shared.policies.attachments import Attachments
from shared.policies.permissions_boundary import Boundary
from shared.ports import Directory, Key, NameTaken, NewUser, Store, User
from shared.results import Created, UserRef
from shared.secret import Secret

_REMARK = 100
"""Characters of a remark that are safe; the documentation names no limit."""


class CreateUserUseCase:
    """The operation, for one request."""

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
        self._deadline = deadline

    def __call__(self, request: Request[CreateUser], lease: Lease) -> Created:
        """One attempt. Raises Conflict `user_exists`, Unavailable, CloudError; the next attempt finishes the work."""
        command = request.command
        at_once = not self._attachments.knows("grant", command.policies)
        url, _ = both(partial(self._login_url, command), partial(self._prepare, command), at_once=at_once)
        self._delete_former(lease)
        uin, password, key, fresh = self._provide(request, lease)
        self._boundary.put(uin)
        outcomes = self._attachments.change(
            "grant", command.user, uin, command.policies, time=lease.time, request=request.key, fresh=fresh
        )
        file = file_name(lease.nonce, lease.number, encrypted=command.encrypt_to is not None)
        content = Credentials(url, command.user, password, key).csv()
        if command.encrypt_to is not None:
            content = encrypt(content, command.encrypt_to)
        if not self._store.create(file, content, headers=file_headers(file)):
            raise Unavailable("The credentials file could not be written")
        attached = [row.name for row in outcomes if row.outcome != "superseded"]
        return Created(user=UserRef(name=command.user, uin=uin), policies=attached, login_url=url, file=file)

    def _delete_former(self, lease: Lease) -> None:
        """Delete what earlier attempts wrote: nobody was told of it."""
        if lease.number == 1:
            return
        for row in self._store.below(f"{FILES}{lease.nonce}-"):
            self._store.delete(row.key)

    def _login_url(self, command: CreateUser) -> str | None:
        return login_url(self._owner_uin(), command.user) if command.console_login else None

    def _prepare(self, command: CreateUser) -> None:
        self._attachments.prepare("grant", command.policies)
        self._boundary.prepare()

    def _provide(self, request: Request[CreateUser], lease: Lease) -> tuple[int, Secret | None, Key | None, bool]:
        user = self._own(request) if lease.number > 1 else None
        if user is None:
            password = new_password() if request.command.console_login else None
            try:
                uin, key = self._cam.add_user(_new_user(request, password))
            except NameTaken:
                user = self._own(request)
                if user is None:
                    raise Unavailable("CAM says that the name is taken and does not show by whom") from None
            except OutcomeUnknown as unknown:
                if unknown.in_flight:
                    # CAM may be at work on it: key and password could come after those that would replace them.
                    raise
                self._see_everything(VISIBLE)
                user = self._own(request)
                if user is None:
                    raise Unavailable("AddUser failed", retry_after=5) from None
            else:
                return uin, password, key, True
        self._see_everything(lease.unsettled)
        return user.uin, *self._replace(request.command, user), False

    def _own(self, request: Request[CreateUser]) -> User | None:
        user = self._cam.user(request.command.user)
        if user is not None and not user.remark.endswith(mark(request)):
            raise Conflict("user_exists")
        return user and self._attachments.touch(user)

    def _see_everything(self, seconds: float) -> None:
        """Wait until CAM's reads show what was done before. Raises Unavailable; then the lease holds for so long."""
        try:
            self._deadline.wait(seconds)
        except Unavailable:
            self._deadline.unsettled = True
            raise

    def _replace(self, command: CreateUser, user: User) -> tuple[Secret | None, Key | None]:
        password = new_password() if command.console_login else None
        if password is not None:
            self._cam.set_password(user.name, password)
        for secret_id in self._cam.keys(user.uin):
            self._cam.delete_key(user.uin, secret_id)
        return password, self._cam.create_key(user.uin) if command.api_access else None


def mark(request: Request[CreateUser]) -> str:
    """What a user's remark ends with to say which request made it; the rest of it is the caller's."""
    return mark_of(request.id)


def mark_of(request_id: str) -> str:
    """The mark of a request of which only the id is known."""
    return f"im-access:{request_id.removeprefix('req_')[:16]}"


def _new_user(request: Request[CreateUser], password: Secret | None) -> NewUser:
    command, signed = request.command, mark(request)
    remark = (command.remark or "")[: _REMARK - len(signed) - 1]
    contact = {"Email": command.email, "PhoneNum": command.phone, "CountryCode": command.country_code}
    return NewUser(
        name=command.user,
        remark=f"{remark} {signed}".strip(),
        console_login=command.console_login,
        api_access=command.api_access,
        password=password,
        contact={name: value for name, value in contact.items() if value is not None},
    )
