"""The requests of SCIM clients that read groups: one by its id, or those that match a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.concurrency import each
from shared.scim.attributes import GROUPS
from shared.scim.errors import not_found
from shared.scim.filter_matching import matches
from shared.scim.filter_parser import Term, parse_filter
from shared.scim.input_values import Values
from shared.scim.resource_records import GroupRecord
from shared.scim.user_versions import shown
from shared.scim.view import Selection, listed, page
from shared.use_cases.scim.members import Members

if TYPE_CHECKING:
    from shared.use_cases.scim.service import Service


class GroupQueries:
    """Reads groups, for one request."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._documents = service.groups
        self._members = Members(service.users, service.hidden)

    def read(self, id: str, selection: Selection) -> Values:
        """One group. Raises ScimError 404."""
        return self._shown(self._there(id), selection)

    def search(self, query: Mapping[str, str], selection: Selection) -> Values:
        """One page of the groups that match a filter, or of all. Raises ScimError 400 for a wrong filter."""
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
        return visible(self._documents.newest(id))

    def _whole(self, record: GroupRecord) -> Values:
        resource = shown(record, self._service.client, self._service.base, "Group")
        base = f"{self._service.base}/Users"
        rows = [{"value": one, "$ref": f"{base}/{one}"} for one in self._members.present(record)]
        return resource | ({"members": rows} if rows else {})

    def _shown(self, record: GroupRecord, selection: Selection) -> Values:
        if selection.leaves_out("members"):
            return selection.shown(GROUPS, shown(record, self._service.client, self._service.base, "Group"))
        return selection.shown(GROUPS, self._whole(record))


def visible(record: GroupRecord | None) -> GroupRecord:
    """The group, if a client may see it. Raises ScimError 404."""
    if record is None or record.deleted:
        raise not_found()
    return record
