"""The requests of SCIM clients that read users: one by its id, or those that match a filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from shared.scim.attributes import USERS
from shared.scim.errors import ScimError, not_found
from shared.scim.filter_matching import matches
from shared.scim.filter_parser import Term, parse_filter
from shared.scim.input_values import Values
from shared.scim.resource_records import UserRecord
from shared.scim.user_versions import shown
from shared.scim.view import Selection, listed, page

if TYPE_CHECKING:
    from shared.use_cases.scim.service import Service

_MOST_SCANNED = 500
"""The most users that are read for a filter by an attribute without an index."""


class UserQueries:
    """Reads users, for one request."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._documents = service.users

    def read(self, id: str, selection: Selection) -> Values:
        """One user. Raises ScimError 404."""
        return self._shown(self._there(id), selection)

    def search(self, query: Mapping[str, str], selection: Selection) -> Values:
        """One page of the users that match a filter, or of all. Raises ScimError 400 for a wrong filter."""
        start, count = page(query)
        text = query.get("filter", "")
        if not text.strip():
            ids = list(self._documents.index.live())
            hidden = self._service.hidden.ids()
            ids = [one for one in ids if one not in hidden]
            chosen = self._read(ids[start - 1 : start - 1 + count])
            return listed([self._shown(one, selection) for one in chosen], len(ids), start)
        found = self._found(parse_filter(text))
        rows = found[start - 1 : start - 1 + count]
        return listed([self._shown(one, selection) for one in rows], len(found), start)

    def _found(self, terms: Sequence[Term]) -> list[UserRecord]:
        rows = [one for one in self._candidates(terms) if not one.deleted and one not in self._service.hidden]
        return [one for one in rows if matches(USERS, self._whole(one), terms)]

    def _candidates(self, terms: Sequence[Term]) -> list[UserRecord]:
        """Users that include all matches: from an index where one of the attributes has one, else all users."""
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
        ids = list(self._documents.index.live())
        if len(ids) > _MOST_SCANNED:
            raise ScimError(400, "Too many users for a filter by this attribute", "tooMany")
        return self._read(ids)

    def _read(self, ids: Sequence[str]) -> list[UserRecord]:
        found = self._documents.newest_versions(ids)
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
