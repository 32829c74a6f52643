"""What a client does to groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.clock import rfc3339
from shared.concurrency import each
from shared.scim.accept import Values, accept, check_required
from shared.scim.attributes import GROUPS
from shared.scim.documents import Taken, new_id
from shared.scim.due import Note, State
from shared.scim.errors import ScimError, not_found
from shared.scim.matching import matches
from shared.scim.patch import operations, patched
from shared.scim.paths import Term, parse_filter
from shared.scim.records import GroupRecord
from shared.scim.users import new_change, shown
from shared.scim.view import Selection, listed, page

if TYPE_CHECKING:
    from shared.entrypoints.scim_service import Service

_FEW = 5
"""Users up to which each is looked up by itself."""


class GroupRequests:
    """The verbs on groups, for one request."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._documents = service.groups

    def read(self, id: str, selection: Selection) -> Values:
        """One group. Raises ScimError 404."""
        return self._shown(self._there(id), selection)

    def search(self, query: Mapping[str, str], selection: Selection) -> Values:
        """A page of those that a filter finds, or of all."""
        start, count = page(query)
        text = query.get("filter", "")
        if not text.strip():
            ids = self._documents.all_ids()
            rows = self._read(ids[start - 1 : start - 1 + count])
            total = len(ids)
        else:
            terms = parse_filter(text)
            found = [one for one in self._candidates(terms) if matches(GROUPS, self._whole(one), terms)]
            rows, total = found[start - 1 : start - 1 + count], len(found)
        return listed([self._shown(one, selection) for one in rows], total, start)

    def create(self, body: Mapping[str, Any], selection: Selection) -> tuple[int, Values]:
        """Make a group that gives nothing. Raises ScimError 409 for a name that there is."""
        wanted = accept(GROUPS, body)
        check_required(GROUPS, wanted)
        id, now = new_id(self._service.clock), rfc3339(self._service.clock.now())
        if self._is_taken(wanted["displayName"]):
            raise _name_taken()
        self._point(id, wanted)
        record = GroupRecord(
            id=id,
            version=1,
            change=new_change(),
            values=_inner(wanted),
            external_ids=_external({}, wanted, self._service.client),
            created=now,
            modified=now,
            members=self._members(wanted, {}),
        )
        try:
            self._documents.change(id, lambda _before: record)
        except Taken:
            self._is_taken(wanted["displayName"])
            raise _name_taken() from None
        self._documents.enliven(id, 1)
        return 201, self._shown(record, selection)

    def replace(self, id: str, body: Mapping[str, Any], selection: Selection) -> Values:
        """PUT: all attributes and all members."""
        wanted = accept(GROUPS, body)
        check_required(GROUPS, wanted)
        return self._update(id, lambda before: self._service.with_external(before, wanted), selection)

    def patch(self, id: str, body: dict[str, Any], selection: Selection) -> Values:
        """PATCH: all operations, or none."""
        todo = operations(body)

        def become(before: GroupRecord) -> Values:
            values = {**before.values, "members": [{"value": one} for one in self._listed(before)]}
            return patched(GROUPS, self._service.with_external(before, values), todo)

        return self._update(id, become, selection)

    def delete(self, id: str) -> None:
        """Forget a group that gives nothing. Raises ScimError 403 for one of a policy."""
        if self._documents.stands_for_policy(id):
            raise ScimError(403, "The group of a policy cannot be deleted")
        record = self._documents.newest(id)
        if record is not None and record.deleted:
            self._documents.bury(id, 1)
        _visible(record)

        def change(before: GroupRecord | None) -> GroupRecord | None:
            if before is None or before.deleted:
                raise not_found()
            return _next(before, {"deleted": True}, self._service.clock.now())

        self._documents.change(id, change)
        self._documents.bury(id, 1)

    def _is_taken(self, name: str) -> bool:
        """Whether a group has the name; then it is listed, as whoever made it may have died before that."""
        holder = self._documents.named(name)
        if holder is not None and not self._documents.stands_for_policy(holder.id):
            self._documents.enliven(holder.id, 1)
        return holder is not None

    def _update(self, id: str, become: Any, selection: Selection) -> Values:  # noqa: ANN401 - as above; makes attributes of a record
        client, name = self._service.client, new_change()
        notes: list[Note] = []
        found: GroupRecord | None = None

        def change(before: GroupRecord | None) -> GroupRecord | None:
            nonlocal found
            found = before = _visible(before)
            wanted: Values = become(before)
            check_required(GROUPS, wanted)
            members = self._members(wanted, before.members)
            self._check_name(before, wanted)
            same = _inner(wanted) == before.values and members == before.members
            if same and _external(before.external_ids, wanted, client) == before.external_ids:
                return None
            after = _next(before, {}, self._service.clock.now())
            after.values, after.members = _inner(wanted), members
            after.external_ids = _external(before.external_ids, wanted, client)
            self._point(id, wanted)
            self._write_down(notes, name, before, after)
            return after

        try:
            record = self._documents.change(id, change)
        except Taken:
            raise _name_taken() from None
        waiting: list[tuple[Note, State]] = [(note, "open") for note in notes]
        if record is None:
            # The same again: what its first sending began is finished.
            waiting = [row for row in self._service.due.of("groups", id) if row[1] != "told"]
        for note, state in waiting:
            self._service.finish(note, state)
        return self._shown(_visible(record or found), selection)

    def _write_down(self, notes: list[Note], name: str, before: GroupRecord, after: GroupRecord) -> None:
        """Note whose policies a change is about; again where somebody else's change has made it about others."""
        if self._service.giving.policy(before.name) is None:
            return
        there = self._stays([*before.members, *after.members])
        added = [one for one, stay in after.members.items() if before.members.get(one) != stay]
        removed = [one for one, stay in before.members.items() if after.members.get(one) != stay]
        removed = [one for one in removed if there.get(one) == before.members[one]]
        self._service.brake(before.name, removed)
        if not (added or removed) or any(note.added == added and note.removed == removed for note in notes):
            return
        change = name if not notes else new_change()
        note = Note("groups", before.id, change, self._service.client, after.time, added, removed)
        notes.append(note)
        self._service.due.add(note)

    def _check_name(self, before: GroupRecord, wanted: Values) -> None:
        if wanted["displayName"].casefold() == before.folded:
            wanted["displayName"] = (
                before.name if self._documents.stands_for_policy(before.id) else wanted["displayName"]
            )
            return
        if self._documents.stands_for_policy(before.id):
            raise ScimError(400, "The name of a policy's group is fixed", "mutability")
        if self._service.giving.policy(wanted["displayName"]) is not None:
            raise _name_taken()

    def _members(self, wanted: Values, before: Mapping[str, int]) -> dict[str, int]:
        """The members that are asked for, with their stays: nobody who is not there, or not any more.

        Of those whom no client is shown it is as it was.
        """
        hidden = self._service.hidden.ids()
        asked = [str(row["value"]) for row in wanted.pop("members", []) if row.get("value")]
        kept = [one for one in before if one in hidden]
        ids = list(dict.fromkeys(kept + [one for one in asked if one not in hidden]))
        there = self._stays([one for one in ids if one not in before] if len(ids) <= _FEW else ids)
        stays = {one: there.get(one) or before.get(one) for one in ids}
        return {one: stay for one, stay in stays.items() if stay}

    def _listed(self, group: GroupRecord) -> list[str]:
        """The members who are still there."""
        there, hidden = self._stays(list(group.members)), self._service.hidden.ids()
        return [one for one, stay in group.members.items() if there.get(one) == stay and one not in hidden]

    def _stays(self, ids: Sequence[str]) -> dict[str, int]:
        if len(ids) > _FEW:
            return self._service.users.live()
        found = [self._service.users.stay(one) for one in ids]
        return {one: stay for one, stay in zip(ids, found, strict=True) if stay is not None}

    def _candidates(self, terms: Sequence[Term]) -> list[GroupRecord]:
        for term in terms:
            name, value = term.path.name.lower(), term.value
            if not isinstance(value, str) or (term.path.urn and not term.path.urn.lower().endswith("core:2.0:group")):
                continue
            if name == "displayname" or name == "id":
                one = self._documents.named(value) if name == "displayname" else self._documents.newest(value)
                return [one] if one is not None and not one.deleted else []
            if name == "externalid":
                rows = self._documents.known_by("externalId", self._service.client, value)
                return [one for one in rows if not one.deleted]
        return self._read(self._documents.all_ids())

    def _read(self, ids: Sequence[str]) -> list[GroupRecord]:
        return [one for one in each(self._documents.newest, ids) if one is not None and not one.deleted]

    def _there(self, id: str) -> GroupRecord:
        return _visible(self._documents.newest(id))

    def _point(self, id: str, wanted: Values) -> None:
        if external := wanted.get("externalId"):
            self._documents.point(id, "externalId", self._service.client, external)

    def _whole(self, record: GroupRecord) -> Values:
        told = shown(record, self._service.client, self._service.base, "Group")
        base = f"{self._service.base}/Users"
        rows = [{"value": one, "$ref": f"{base}/{one}"} for one in self._listed(record)]
        return told | ({"members": rows} if rows else {})

    def _shown(self, record: GroupRecord, selection: Selection) -> Values:
        if selection.leaves_out("members"):
            return selection.shown(GROUPS, shown(record, self._service.client, self._service.base, "Group"))
        return selection.shown(GROUPS, self._whole(record))


def _visible(record: GroupRecord | None) -> GroupRecord:
    if record is None or record.deleted:
        raise not_found()
    return record


def _next(before: GroupRecord, update: dict[str, Any], now: float) -> GroupRecord:
    time = max(int(now * 1_000_000), before.time + 1)
    common = {"version": before.version + 1, "change": new_change(), "modified": rfc3339(now), "time": time}
    return before.model_copy(update=common | update)


def _inner(wanted: Values) -> Values:
    return {name: value for name, value in wanted.items() if name not in ("externalId", "members")}


def _external(before: Mapping[str, str], wanted: Values, client: str) -> dict[str, str]:
    others = {name: one for name, one in before.items() if name != client}
    return others | {client: wanted["externalId"]} if "externalId" in wanted else others


def _name_taken() -> ScimError:
    return ScimError(409, "Another group has this displayName", "uniqueness")
