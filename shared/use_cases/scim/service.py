"""What the requests of a SCIM client share: the stored resources, and how a change of one reaches CAM."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from shared.errors import ImAccessError
from shared.scim.documents import Documents
from shared.scim.due_changes import DueChanges, Note, State
from shared.scim.errors import ScimError
from shared.scim.group_policies import Groups
from shared.scim.input_values import Values
from shared.scim.protected_users import ProtectedUsers
from shared.scim.resource_records import Record, UserRecord
from shared.scim.user_versions import email_of, new_change

if TYPE_CHECKING:
    from shared.use_cases.scim.apply_change import ApplyChange
    from shared.use_cases.scim.ports import Ports


class Service:
    """One request of a client; `client` is the name of its token, `base` the address that resources are below."""

    def __init__(self, ports: Ports, client: str, base: str) -> None:
        self._ports = ports
        self.client = client
        self.base = base
        self.clock = ports.clock
        self.giving = ports.giving
        self.helped: list[Note] = []
        self.users = Documents(ports.store, UserRecord, self._help)
        self.groups = Groups(ports.store, ports.giving)
        self.due = DueChanges(ports.store)
        self.hidden = ProtectedUsers(self.users, ports.protected_users, ports.hidden_users, self.clock)

    @cached_property
    def changes(self) -> ApplyChange:
        """Brings changes to CAM; loaded when it is used first, since a client that only reads needs none of it."""
        from shared.use_cases.scim.apply_change import ApplyChange

        return ApplyChange(self._ports, self.users, self.groups, self.hidden)

    def finish(self, note: Note, state: State) -> None:
        """Do what a change asks for, and note how far that came. Raises ImAccessError."""
        try:
            done = self.changes.apply(note)
        except ImAccessError as error:
            # The change before this one is done, and holds its turn until CAM has shown everything: so does this one.
            if error.code != "in_progress" or not self._waits(note):
                self._postpone(note, state)
                raise
            done = False
        if done:
            self.due.done(note, state)
        else:
            self.due.move(note, state, "told")

    def note(self, id: str) -> Note:
        """The note of a change of a user that is about to be made."""
        return Note("users", id, new_change(), self.client, int(self.clock.now() * 1_000_000))

    def check_brake(self, group: str, removed: Sequence[str]) -> None:
        """Refuse to take a policy from more members than IM_ACCESS_SCIM_BRAKE at once, and tell the organisation.

        `removed`: the ids of the members. Raises ScimError 400.
        """
        if len(removed) <= self.giving.brake:
            return
        self._ports.tell_of_stop(group, removed)
        why = f"This would take a policy from {len(removed)} members; {self.giving.brake} at once is the most"
        raise ScimError(400, why, "tooMany")

    def with_external(self, before: Record, values: Values) -> Values:
        """Attributes with this client's externalId, which stays as it was where the request says nothing of it."""
        own = before.external_ids.get(self.client)
        return {"externalId": own, **values} if own else dict(values)

    def need_recipient(self, wanted: Values) -> None:
        """Refuse to make credentials that could reach nobody. Raises ImAccessError `no_recipient`."""
        if wanted.get("active", True) and not self._ports.has_recipient(email_of(wanted)):
            raise ImAccessError("no_recipient")

    def _help(self, id: str) -> None:
        """A process claimed a name for this user and died: note that the user is to be made for it."""
        note = self.note(id)
        self.due.add(note)
        self.helped.append(note)

    def _waits(self, note: Note) -> bool:
        """Whether an earlier change of the same resource is done but for a last look at CAM."""
        return any(state == "told" for _, state in self.due.of(note.kind, note.id))

    def _postpone(self, note: Note, state: State) -> None:
        try:
            self.due.move(note, state, "later")
        except ImAccessError:
            # The note stays as it is, and the sweep sees to it: what is raised is the error of the change itself.
            return
