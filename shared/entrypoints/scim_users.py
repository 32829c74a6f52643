"""What a client does to users."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.scim.accept import Values, accept, check_required
from shared.scim.attributes import USERS
from shared.scim.documents import Taken, new_id
from shared.scim.due import Note, State
from shared.scim.errors import ScimError, not_found
from shared.scim.matching import matches
from shared.scim.patch import operations, patched
from shared.scim.paths import Term, parse_filter
from shared.scim.records import UserRecord
from shared.scim.users import Changing, addresses, shown
from shared.scim.view import Selection, listed, page

if TYPE_CHECKING:
    from shared.entrypoints.scim_service import Service

_SCANNED = 500
"""Users that are looked at for a filter that nothing is filed by."""


class UserRequests:
    """The verbs on users, for one request."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._documents = service.users
        self._changing = Changing(service.clock, service.client, service.hidden.names)

    def read(self, id: str, selection: Selection) -> Values:
        """One user. Raises ScimError 404."""
        return self._shown(self._there(id), selection)

    def search(self, query: Mapping[str, str], selection: Selection) -> Values:
        """A page of those that a filter finds, or of all."""
        start, count = page(query)
        text = query.get("filter", "")
        if not text.strip():
            ids = list(self._documents.live())
            hidden = self._service.hidden.ids()
            ids = [one for one in ids if one not in hidden]
            chosen = self._read(ids[start - 1 : start - 1 + count])
            return listed([self._shown(one, selection) for one in chosen], len(ids), start)
        found = self._found(parse_filter(text))
        rows = found[start - 1 : start - 1 + count]
        return listed([self._shown(one, selection) for one in rows], len(found), start)

    def create(self, body: Mapping[str, Any], selection: Selection) -> tuple[int, Values]:
        """Make a user, or open the one again that this client knew by the same externalId. Raises ScimError 409."""
        wanted = accept(USERS, body)
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

        self._file(id, wanted)
        record = self._write(id, change, note)
        return 201, self._shown(record, selection)

    def replace(self, id: str, body: Mapping[str, Any], selection: Selection) -> Values:
        """PUT: all attributes; who is active stays so, and keeps its externalId, where nothing is said of that."""
        wanted = accept(USERS, body)
        check_required(USERS, wanted)
        return self._update(id, lambda before: self._service.with_external(before, wanted), selection)

    def patch(self, id: str, body: dict[str, Any], selection: Selection) -> Values:
        """PATCH: all operations, or none."""
        todo = operations(body)

        def become(before: UserRecord) -> Values:
            return patched(USERS, self._service.with_external(before, before.values), todo)

        return self._update(id, become, selection)

    def delete(self, id: str) -> None:
        """Gone for the client at once; the sub-user is closed, and deleted after its grace."""
        record = self._documents.newest(id)
        if record is None or record in self._service.hidden:
            raise not_found()
        if record.deleted:
            self._finish(self._unanswered(id))
            return
        note = self._service.note(id)

        def change(before: UserRecord | None) -> UserRecord | None:
            if before is None or before.deleted:
                raise not_found()
            self._service.due.add(note)
            return self._changing.deleted(before)

        self._write(id, change, note)

    def _update(self, id: str, become: Any, selection: Selection) -> Values:  # noqa: ANN401 - as above; makes attributes of a record
        note = self._service.note(id)
        acts, found = False, None

        def change(before: UserRecord | None) -> UserRecord | None:
            nonlocal acts, found
            found = before = self._visible(before)
            wanted: Values = become(before)
            check_required(USERS, wanted)
            coming = wanted.get("active", before.values["active"]) and not before.active
            policies = self._service.groups.policies_of(id, before.stay) if coming else ()
            after = self._changing.updated(before, wanted, policies)
            acts = after is not None and after.life.n == after.version
            if acts:
                self._service.need_recipient(wanted)
                self._service.due.add(note)
            if after is not None:
                self._file(id, wanted)
            return after

        try:
            record = self._documents.change(id, change)
        except Taken:
            raise self._taken_meanwhile() from None
        if record is None:
            self._finish(self._unanswered(id, strict=False))
        elif acts:
            self._finish([(note, "open")])
        return self._shown(self._visible(record or found), selection)

    def _write(self, id: str, change: Any, note: Note) -> UserRecord:  # noqa: ANN401 - as above; a change
        try:
            record = self._documents.change(id, change)
        except Taken:
            self._service.due.done(note, "open")
            raise self._taken_meanwhile() from None
        assert record is not None  # noqa: S101 - for the type checker: these changes always make a version
        self._finish([(note, "open")])
        return record

    def _taken_meanwhile(self) -> ScimError:
        """The error for a name that somebody claimed first: what they began is finished before it is told."""
        self._finish([(note, "open") for note in self._service.helped])
        return ScimError(409, "Another user has this userName", "uniqueness")

    def _taken(self, holder: UserRecord, wanted: Values, selection: Selection) -> tuple[int, Values]:
        """Somebody has the name: a POST that was begun before is finished, and told of if its client was sent away."""
        waiting = self._service.due.of("users", holder.id)
        sent_away = any(state == "later" and note.caller == self._service.client for note, state in waiting)
        self._finish([row for row in waiting if row[1] != "told"])
        own = holder.external_ids.get(self._service.client) == wanted.get("externalId")
        if sent_away and own and holder not in self._service.hidden:
            return 201, self._shown(self._there(holder.id), selection)
        raise ScimError(409, "Another user has this userName", "uniqueness")

    def _unanswered(self, id: str, *, strict: bool = True) -> list[tuple[Note, State]]:
        """What nobody was told of yet. Raises ScimError 404 where that is nothing, if `strict`."""
        rows = [row for row in self._service.due.of("users", id) if row[1] != "told"]
        if not rows and strict:
            raise not_found()
        return rows

    def _finish(self, rows: Sequence[tuple[Note, State]]) -> None:
        for note, state in rows:
            self._service.finish(note, state)

    def _former(self, wanted: Values) -> UserRecord | None:
        """The deleted user that this client knew by the same externalId; the one that was there last."""
        external = wanted.get("externalId")
        if not external:
            return None
        rows = self._documents.known_by("externalId", self._service.client, external)
        rows = [one for one in rows if one.external_ids.get(self._service.client) == external]
        gone = [one for one in rows if one.deleted and one not in self._service.hidden]
        return max(gone, key=lambda one: one.modified, default=None) if len(gone) == len(rows) else None

    def _file(self, id: str, wanted: Values) -> None:
        """Let it be found by what it is about to be known by."""
        if external := wanted.get("externalId"):
            self._documents.point(id, "externalId", self._service.client, external)
        for address in addresses(wanted):
            self._documents.point(id, "email", address.casefold())

    def _found(self, terms: Sequence[Term]) -> list[UserRecord]:
        rows = [one for one in self._candidates(terms) if not one.deleted and one not in self._service.hidden]
        return [one for one in rows if matches(USERS, self._whole(one), terms)]

    def _candidates(self, terms: Sequence[Term]) -> list[UserRecord]:
        """Those among which all are that the filter finds, by what is filed; else all that there are."""
        for term in terms:
            name, value = term.path.name.lower(), term.value
            if term.exists and name == "emails":
                value = next((one.value for one in term.path.terms or () if one.path.name.lower() == "value"), None)
            if not isinstance(value, str) or (term.path.urn and not term.path.urn.lower().endswith("core:2.0:user")):
                continue
            if name == "username" or name == "id":
                one = self._documents.named(value) if name == "username" else self._documents.newest(value)
                return [one] if one is not None else []
            if name == "externalid":
                return self._documents.known_by("externalId", self._service.client, value)
            if name == "emails" and term.path.part.lower() in ("", "value"):
                return self._documents.known_by("email", value.casefold())
        ids = list(self._documents.live())
        if len(ids) > _SCANNED:
            raise ScimError(400, "Too many users for a filter by this attribute", "tooMany")
        return self._read(ids)

    def _read(self, ids: Sequence[str]) -> list[UserRecord]:
        found = self._documents.several(ids)
        return [one for one in found if not one.deleted and one not in self._service.hidden]

    def _there(self, id: str) -> UserRecord:
        return self._visible(self._documents.newest(id))

    def _visible(self, record: UserRecord | None) -> UserRecord:
        if record is None or record.deleted or record in self._service.hidden:
            raise not_found()
        return record

    def _whole(self, record: UserRecord) -> Values:
        return shown(record, self._service.client, self._service.base, "User")

    def _shown(self, record: UserRecord, selection: Selection) -> Values:
        return selection.shown(USERS, self._whole(record))
