"""The requests of SCIM clients that change users. A note of each change is written before the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.scim.attributes import USERS
from shared.scim.documents import Taken, new_id
from shared.scim.due_changes import Note, State
from shared.scim.errors import ScimError, not_found
from shared.scim.input_values import Values, check_required, read_values
from shared.scim.resource_records import UserRecord
from shared.scim.user_versions import UserVersions, addresses
from shared.use_cases.scim.find_users import UserQueries

if TYPE_CHECKING:
    from shared.scim.view import Selection
    from shared.use_cases.scim.service import Service

Change = Callable[["UserRecord | None"], "UserRecord | None"]
"""Makes the next version of a user from the newest one; None where nothing changes."""


class UserRequests(UserQueries):
    """Reads and changes users, for one request."""

    def __init__(self, service: Service) -> None:
        super().__init__(service)
        self._changing = UserVersions(service.clock, service.client, service.hidden.names)

    def create(self, body: Mapping[str, Any], selection: Selection) -> tuple[int, Values]:
        """POST: create a user, or restore the deleted user that this client knew by the same externalId.

        Raises ScimError 409 where the userName is taken, ImAccessError.
        """
        wanted = read_values(USERS, body)
        check_required(USERS, wanted)
        self._service.need_recipient(wanted)
        if (holder := self._documents.named(wanted["userName"])) is not None:
            return self._taken(holder, wanted, selection)
        former = self._former(wanted)
        id = former.id if former else new_id(self._service.clock)
        note = self._service.note(id)

        def change(before: UserRecord | None) -> UserRecord | None:
            self._service.due.add(note)
            if before is None:
                return self._changing.first(id, wanted, self._service.giving.always)
            if not before.deleted:
                raise Taken
            return self._changing.back(before, wanted, self._service.giving.always)

        self._index(id, wanted)
        record = self._write(id, change, note)
        return 201, self._shown(record, selection)

    def replace(self, id: str, body: Mapping[str, Any], selection: Selection) -> Values:
        """PUT: all attributes. `active` and `externalId` stay as they were where the request does not name them."""
        wanted = read_values(USERS, body)
        check_required(USERS, wanted)
        return self._update(id, lambda before: self._service.with_external(before, wanted), selection)

    def patch(self, id: str, body: dict[str, Any], selection: Selection) -> Values:
        """PATCH: all operations, or none."""
        from shared.scim.patch import operations, patched

        todo = operations(body)

        def become(before: UserRecord) -> Values:
            return patched(USERS, self._service.with_external(before, before.values), todo)

        return self._update(id, become, selection)

    def delete(self, id: str) -> None:
        """DELETE: the client does not see the user any more. The sub-user is closed, and deleted later, as after every
        offboard.
        """
        record = self._documents.newest(id)
        if record is None or record in self._service.hidden:
            raise not_found()
        if record.deleted:
            self._finish(self._unfinished(id))
            return
        note = self._service.note(id)

        def change(before: UserRecord | None) -> UserRecord | None:
            if before is None or before.deleted:
                raise not_found()
            self._service.due.add(note)
            return self._changing.deleted(before)

        self._write(id, change, note)

    def _update(self, id: str, become: Callable[[UserRecord], Values], selection: Selection) -> Values:
        note = self._service.note(id)
        acts, found = False, None

        def change(before: UserRecord | None) -> UserRecord | None:
            nonlocal acts, found
            found = before = self._visible(before)
            wanted = become(before)
            check_required(USERS, wanted)
            coming = wanted.get("active", before.values["active"]) and not before.active
            policies = self._service.groups.policies_of(id, before.stay) if coming else ()
            after = self._changing.updated(before, wanted, policies)
            acts = after is not None and after.life.n == after.version
            if acts:
                self._service.need_recipient(wanted)
                self._service.due.add(note)
            if after is not None:
                self._index(id, wanted)
            return after

        try:
            record = self._documents.change(id, change)
        except Taken:
            raise self._taken_meanwhile() from None
        if record is None:
            self._finish(self._unfinished(id, strict=False))
        elif acts:
            self._finish([(note, "open")])
        return self._shown(self._visible(record or found), selection)

    def _write(self, id: str, change: Change, note: Note) -> UserRecord:
        try:
            record = self._documents.change(id, change)
        except Taken:
            self._service.due.done(note, "open")
            raise self._taken_meanwhile() from None
        assert record is not None  # noqa: S101 - for the type checker: these changes always make a version
        self._finish([(note, "open")])
        return record

    def _taken_meanwhile(self) -> ScimError:
        """The error for a name that another request has taken; first, what that request began is finished."""
        self._finish([(note, "open") for note in self._service.helped])
        return ScimError(409, "Another user has this userName", "uniqueness")

    def _taken(self, holder: UserRecord, wanted: Values, selection: Selection) -> tuple[int, Values]:
        """Answer a POST for a name that is taken: 201 where the same client created the user by a POST that was
        answered 429.

        What the earlier POST left undone is finished first. Raises ScimError 409.
        """
        waiting = self._service.due.of("users", holder.id)
        sent_away = any(state == "later" and note.caller == self._service.client for note, state in waiting)
        self._finish([row for row in waiting if row[1] != "told"])
        own = holder.external_ids.get(self._service.client) == wanted.get("externalId")
        if sent_away and own and holder not in self._service.hidden:
            return 201, self._shown(self._there(holder.id), selection)
        raise ScimError(409, "Another user has this userName", "uniqueness")

    def _unfinished(self, id: str, *, strict: bool = True) -> list[tuple[Note, State]]:
        """Changes of a user of which no client knows that they are done. `strict`: raises ScimError 404 where there are
        none.
        """
        rows = [row for row in self._service.due.of("users", id) if row[1] != "told"]
        if not rows and strict:
            raise not_found()
        return rows

    def _finish(self, rows: Sequence[tuple[Note, State]]) -> None:
        for note, state in rows:
            self._service.finish(note, state)

    def _former(self, wanted: Values) -> UserRecord | None:
        """The deleted user that this client knew by the same externalId; of several, the one that changed last.

        None where any of them is not deleted, or is protected.
        """
        external = wanted.get("externalId")
        if not external:
            return None
        rows = self._documents.known_by("externalId", self._service.client, external)
        rows = [one for one in rows if one.external_ids.get(self._service.client) == external]
        gone = [one for one in rows if one.deleted and one not in self._service.hidden]
        return max(gone, key=lambda one: one.modified, default=None) if len(gone) == len(rows) else None

    def _index(self, id: str, wanted: Values) -> None:
        """Add the externalId and mail addresses of a user to the index, before the user has them."""
        if external := wanted.get("externalId"):
            self._documents.index.add(id, "externalId", self._service.client, external)
        for address in addresses(wanted):
            self._documents.index.add(id, "email", address.casefold())
