"""What the verbs of SCIM share: the stored resources, the commands behind them, and the brakes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from shared.clock import rfc3339
from shared.errors import ImAccessError
from shared.scim.accept import Values
from shared.scim.documents import Documents
from shared.scim.due import Due, Note, State
from shared.scim.errors import ScimError
from shared.scim.giving import Giving, Groups
from shared.scim.hiding import Hidden
from shared.scim.records import Record, UserRecord
from shared.scim.users import email_of, new_change

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.entrypoints.scim_effects import Effects


class Service:
    """One request of a client; `client` is the name of its token, `base` the address that resources are below."""

    def __init__(self, container: Container, client: str, base: str) -> None:
        self.container = container
        self.client = client
        self.base = base
        self.clock = container.clock
        self._deadline = container.deadline()
        self._store = container.store(self._deadline)
        self.giving = giving(container)
        self.helped: list[Note] = []
        self.users = Documents(self._store, UserRecord, self._help)
        self.groups = Groups(self._store, self.giving)
        self.due = Due(self._store)
        self.hidden = Hidden(self.users, container.settings.protected_users, container.instance.hidden, self.clock)

    @cached_property
    def effects(self) -> Effects:
        """The commands behind changes; a client that only looks needs none of them."""
        from shared.entrypoints.scim_effects import Effects

        return Effects(self.container, self.users, self.groups, self.giving, self.hidden)

    def prepare(self) -> None:
        """Before anything is written. Raises Misconfigured, Unavailable."""
        self.container.check_bucket(self._store)

    def finish(self, note: Note, state: State) -> None:
        """Do what a change asks for, and note how far that came. Raises ImAccessError."""
        try:
            done = self.effects.bring_about(note)
        except ImAccessError as error:
            # The change before this one is done, and holds its turn until CAM has shown everything: so does this one.
            if error.code != "in_progress" or not self._waits(note):
                self._postponed(note, state)
                raise
            done = False
        if done:
            self.due.done(note, state)
        else:
            self.due.move(note, state, "told")

    def note(self, id: str) -> Note:
        """A change of a user that is about to be made."""
        return Note("users", id, new_change(), self.client, int(self.clock.now() * 1_000_000))

    def brake(self, group: str, removed: Sequence[str]) -> None:
        """Refuse what would take a policy from too many at once, and tell the organisation. Raises ScimError."""
        if len(removed) <= self.giving.brake:
            return
        self._tell_of_brake(group, removed)
        why = f"This would take a policy from {len(removed)} members; {self.giving.brake} at once is the most"
        raise ScimError(400, why, "tooMany")

    def with_external(self, before: Record, values: Values) -> Values:
        """Attributes with the client's own id, as it was where nothing is said of it."""
        own = before.external_ids.get(self.client)
        return {"externalId": own, **values} if own else dict(values)

    def need_recipient(self, wanted: Values) -> None:
        """Refuse to make credentials that could reach nobody. Raises ImAccessError `no_recipient`."""
        from shared.commands import CreateUser
        from shared.idempotency.request import Request
        from shared.operations import CREATE_USER

        email = email_of(wanted)
        command = CreateUser.inside({"user": "nobody", "policies": [], **({"email": email} if email else {})})
        if wanted.get("active", True) and not self.container.has_recipient(
            Request(CREATE_USER.function, (), None, command)
        ):
            raise ImAccessError("no_recipient")

    def _help(self, id: str) -> None:
        """Somebody claimed a name and died: the user is made for them, and so is what follows from that."""
        note = self.note(id)
        self.due.add(note)
        self.helped.append(note)

    def _waits(self, note: Note) -> bool:
        return any(state == "told" for _, state in self.due.of(note.kind, note.id))

    def _postponed(self, note: Note, state: State) -> None:
        try:
            self.due.move(note, state, "later")
        except ImAccessError:
            return

    def _tell_of_brake(self, group: str, removed: Sequence[str]) -> None:
        from shared.notifications.events import SCIM_STOPPED
        from shared.notifications.outbox import Entry
        from shared.operations import SCIM

        if self.container.settings.receiver is None:
            return
        now = self.clock.now()
        told = {"group": group, "members": len(removed), "limit": self.giving.brake, "caller": self.client}
        key = hashlib.sha256(f"scim stopped:{group}:{sorted(removed)}".encode()).hexdigest()
        entry = Entry(SCIM, SCIM_STOPPED, key, rfc3339(now), told, None, first_at=now)
        self.container.announcer(self._store, self._deadline).announce(entry)


def giving(container: Container) -> Giving:
    """What the settings say of groups and policies. Raises Misconfigured."""
    settings = container.settings
    groups = dict.fromkeys((name, name) for name in settings.policies)
    return Giving([*groups, *settings.scim_groups], settings.scim_policies, settings.scim_brake)
