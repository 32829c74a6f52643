"""What the requests of SCIM clients share: the stored resources, and the way a change reaches CAM."""

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
    """One request of a client. `client`: the name of its token; `base`: the base URL of the resources."""

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
        """Applies changes to CAM. It is loaded when it is first used, because a client that only reads does not need
        it.
        """
        from shared.use_cases.scim.apply_change import ApplyChange

        return ApplyChange(self._ports, self.users, self.groups, self.hidden)

    def finish(self, note: Note, state: State) -> None:
        """Do what a change asks for, and record how far that came. Raises ImAccessError."""
        try:
            done = self.changes.apply(note)
        except ImAccessError as error:
            # An earlier change is done, but keeps its turn until CAM shows everything. So this change has to wait as
            # well.
            if error.code != "in_progress" or not self._waits(note):
                self._postpone(note, state)
                raise
            done = False
        if done:
            self.due.done(note, state)
        else:
            self.due.move(note, state, "told")

    def note(self, id: str) -> Note:
        """The note of a change of a user, before the change is made."""
        return Note("users", id, new_change(), self.client, int(self.clock.now() * 1_000_000))

    def check_brake(self, group: str, removed: Sequence[str]) -> None:
        """Refuse to take a policy from more members at once than IM_ACCESS_SCIM_BRAKE, and notify the organisation.

        `removed`: the ids of the members. Raises ScimError 400.
        """
        if len(removed) <= self.giving.brake:
            return
        self._ports.notify_stopped(group, removed)
        why = f"This would take a policy from {len(removed)} members; {self.giving.brake} at once is the most"
        raise ScimError(400, why, "tooMany")

    def with_external(self, before: Record, values: Values) -> Values:
        """The attributes with this client's externalId, which stays as it was where the request does not name it."""
        own = before.external_ids.get(self.client)
        return {"externalId": own, **values} if own else dict(values)

    def need_recipient(self, wanted: Values) -> None:
        """Refuse to create credentials that could reach nobody. Raises ImAccessError `no_recipient`."""
        if wanted.get("active", True) and not self._ports.has_recipient(email_of(wanted)):
            raise ImAccessError("no_recipient")

    def _help(self, id: str) -> None:
        """Another process claimed a name for this user and died: write a note, so that the user is created for it."""
        note = self.note(id)
        self.due.add(note)
        self.helped.append(note)

    def _waits(self, note: Note) -> bool:
        """Whether an earlier change of the same resource is done, except for a last look at CAM."""
        return any(state == "told" for _, state in self.due.of(note.kind, note.id))

    def _postpone(self, note: Note, state: State) -> None:
        try:
            self.due.move(note, state, "later")
        except ImAccessError:
            # The note stays as it is, and the sweep finishes it. The error of the change itself is raised.
            return
