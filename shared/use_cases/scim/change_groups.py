"""The requests of SCIM clients that change groups. A note of each change is written before the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from shared.clock import rfc3339
from shared.scim.attributes import GROUPS
from shared.scim.documents import Taken, new_id
from shared.scim.due_changes import Note, State
from shared.scim.errors import ScimError, not_found
from shared.scim.input_values import Values, check_required, read_values
from shared.scim.resource_records import GroupRecord
from shared.scim.user_versions import new_change
from shared.use_cases.scim.find_groups import GroupQueries, visible

if TYPE_CHECKING:
    from shared.scim.view import Selection


class GroupRequests(GroupQueries):
    """Reads and changes groups, for one request."""

    def create(self, body: Mapping[str, Any], selection: Selection) -> tuple[int, Values]:
        """POST: create a group without a policy. Raises ScimError 409 where another group has the displayName."""
        wanted = read_values(GROUPS, body)
        check_required(GROUPS, wanted)
        id, now = new_id(self._service.clock), rfc3339(self._service.clock.now())
        if self._is_taken(wanted["displayName"]):
            raise _name_taken()
        self._enter(id, wanted)
        record = GroupRecord(
            id=id,
            version=1,
            change=new_change(),
            values=_inner(wanted),
            external_ids=_external({}, wanted, self._service.client),
            created=now,
            modified=now,
            members=self._members.asked(wanted, {}),
        )
        try:
            self._documents.change(id, lambda _before: record)
        except Taken:
            self._is_taken(wanted["displayName"])
            raise _name_taken() from None
        self._documents.index.list_live(id, 1)
        return 201, self._shown(record, selection)

    def replace(self, id: str, body: Mapping[str, Any], selection: Selection) -> Values:
        """PUT: all attributes and all members."""
        wanted = read_values(GROUPS, body)
        check_required(GROUPS, wanted)
        return self._update(id, lambda before: self._service.with_external(before, wanted), selection)

    def patch(self, id: str, body: dict[str, Any], selection: Selection) -> Values:
        """PATCH: all operations, or none."""
        from shared.scim.patch import operations, patched

        todo = operations(body)

        def become(before: GroupRecord) -> Values:
            values = {**before.values, "members": [{"value": one} for one in self._members.present(before)]}
            return patched(GROUPS, self._service.with_external(before, values), todo)

        return self._update(id, become, selection)

    def delete(self, id: str) -> None:
        """DELETE: delete a group without a policy. Raises ScimError 403 for the group of a policy, 404."""
        if self._documents.stands_for_policy(id):
            raise ScimError(403, "The group of a policy cannot be deleted")
        record = self._documents.newest(id)
        if record is not None and record.deleted:
            self._documents.index.unlist(id, 1)
        visible(record)

        def change(before: GroupRecord | None) -> GroupRecord | None:
            if before is None or before.deleted:
                raise not_found()
            return _next(before, {"deleted": True}, self._service.clock.now())

        self._documents.change(id, change)
        self._documents.index.unlist(id, 1)

    def _is_taken(self, name: str) -> bool:
        """Whether a group has the name. Such a group is listed again, in case the process that created it died
        before.
        """
        holder = self._documents.named(name)
        if holder is not None and not self._documents.stands_for_policy(holder.id):
            self._documents.index.list_live(holder.id, 1)
        return holder is not None

    def _update(self, id: str, become: Callable[[GroupRecord], Values], selection: Selection) -> Values:
        client, name = self._service.client, new_change()
        notes: list[Note] = []
        found: GroupRecord | None = None

        def change(before: GroupRecord | None) -> GroupRecord | None:
            nonlocal found
            found = before = visible(before)
            wanted = become(before)
            check_required(GROUPS, wanted)
            members = self._members.asked(wanted, before.members)
            self._check_name(before, wanted)
            same = _inner(wanted) == before.values and members == before.members
            if same and _external(before.external_ids, wanted, client) == before.external_ids:
                return None
            after = _next(before, {}, self._service.clock.now())
            after.values, after.members = _inner(wanted), members
            after.external_ids = _external(before.external_ids, wanted, client)
            self._enter(id, wanted)
            self._write_down(notes, name, before, after)
            return after

        try:
            record = self._documents.change(id, change)
        except Taken:
            raise _name_taken() from None
        waiting: list[tuple[Note, State]] = [(note, "open") for note in notes]
        if record is None:
            # The same request came again: finish what the first one left.
            waiting = [row for row in self._service.due.of("groups", id) if row[1] != "told"]
        for note, state in waiting:
            self._service.finish(note, state)
        return self._shown(visible(record or found), selection)

    def _write_down(self, notes: list[Note], name: str, before: GroupRecord, after: GroupRecord) -> None:
        """Write a note of the users whose policy the change may touch; another note where other users are concerned
        after a retry.

        Raises ScimError 400 where it would take the policy from too many.
        """
        if self._service.giving.policy(before.name) is None:
            return
        there = self._members.stays([*before.members, *after.members])
        added = [one for one, stay in after.members.items() if before.members.get(one) != stay]
        removed = [one for one, stay in before.members.items() if after.members.get(one) != stay]
        removed = [one for one in removed if there.get(one) == before.members[one]]
        self._service.check_brake(before.name, removed)
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

    def _enter(self, id: str, wanted: Values) -> None:
        if external := wanted.get("externalId"):
            self._documents.index.add(id, "externalId", self._service.client, external)


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
