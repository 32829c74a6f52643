"""Makes the next version of a user from a client's request; and the form of a resource for clients."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from typing import Literal

from shared.clock import Clock, rfc3339
from shared.scim.attributes import USER, USERS
from shared.scim.input_values import Values
from shared.scim.resource_records import Effect, LifeChange, Record, UserRecord
from shared.scim.sub_user_names import candidates

_OWN = "externalId"


class UserVersions:
    """Makes versions, for one client. `avoided`: names of protected users, which no sub-user gets."""

    def __init__(self, clock: Clock, client: str, avoided: Collection[str] = ()) -> None:
        self._clock = clock
        self._client = client
        self._avoided = avoided

    def first(self, id: str, wanted: Values, policies: Sequence[str]) -> UserRecord:
        """The first version of a user, who is active unless the request says otherwise."""
        values = {"active": True, **wanted}
        now = rfc3339(self._clock.now())
        effect: Effect = "create" if values["active"] else "suspend"
        life = self._life(effect, 1, 0, values, policies)
        return UserRecord(
            id=id,
            version=1,
            change=new_change(),
            values=_inner(values),
            external_ids=self.external({}, values),
            created=now,
            modified=now,
            sub_user=next(one for one in candidates(values["userName"], id) if one.casefold() not in self._avoided),
            birth=life if effect == "create" else None,
            life=life,
        )

    def updated(self, before: UserRecord, wanted: Values, policies: Sequence[str]) -> UserRecord | None:
        """The user with these attributes, None where nothing changes. `active` changes only if the request names it.

        `policies`: those of a user who becomes active again.
        """
        values = {"active": before.values["active"], **wanted}
        after = self._next(before, values)
        if after.values == before.values and after.external_ids == before.external_ids:
            return None
        if after.active != before.active:
            effect: Effect = "restore" if after.active else "suspend"
            after.life = self._life(effect, after.version, before.life.time, values, policies)
        return after

    def deleted(self, before: UserRecord) -> UserRecord:
        """The user as deleted. The attributes are kept, because the same person may come back."""
        after = self._next(before, before.values)
        after.deleted = True
        after.external_ids = before.external_ids
        after.life = self._life("offboard", after.version, before.life.time, before.values, ())
        return after

    def back(self, before: UserRecord, wanted: Values, policies: Sequence[str]) -> UserRecord:
        """A deleted user who is created again: id and sub-user stay, the earlier memberships do not."""
        values = {"active": True, **wanted}
        after = self._next(before, values)
        after.deleted = False
        after.stay = before.stay + 1
        effect: Effect = "restore" if values["active"] else "suspend"
        after.life = self._life(effect, after.version, before.life.time, values, policies)
        return after

    def made_anew(self, before: UserRecord, name: str) -> UserRecord:
        """The user with a new sub-user of this name, which is to be created."""
        after = self._next(before, before.values)
        after.external_ids = before.external_ids
        after.sub_user = name
        life = before.life.model_copy(update={"effect": "create", "n": after.version})
        after.life = after.birth = life
        return after

    def external(self, before: dict[str, str], wanted: Values) -> dict[str, str]:
        """The externalIds of all clients, with this client's. Clients do not see each other's."""
        others = {client: one for client, one in before.items() if client != self._client}
        return others | {self._client: wanted[_OWN]} if _OWN in wanted else others

    def _next(self, before: UserRecord, values: Values) -> UserRecord:
        return before.model_copy(
            update={
                "version": before.version + 1,
                "change": new_change(),
                "values": _inner(values),
                "external_ids": self.external(before.external_ids, values),
                "modified": rfc3339(self._clock.now()),
            }
        )

    def _life(self, effect: Effect, n: int, last: int, values: Values, policies: Sequence[str]) -> LifeChange:
        return LifeChange(
            effect=effect,
            n=n,
            time=max(int(self._clock.now() * 1_000_000), last + 1),
            policies=list(policies),
            email=email_of(values),
            language=_language(values),
            caller=self._client,
        )


def shown(record: Record, client: str, base: str, kind: Literal["User", "Group"]) -> Values:
    """A resource in the form for a client, with its own externalId."""
    endpoint = "Users" if kind == "User" else "Groups"
    urn = USER.removesuffix("User") + kind
    schemas = [urn, *(one.urn for one in USERS.extensions if one.urn in record.values)]
    external = {_OWN: record.external_ids[client]} if client in record.external_ids else {}
    location = f"{base}/{endpoint}/{record.id}"
    meta = {"resourceType": kind, "created": record.created, "lastModified": record.modified, "location": location}
    return {"schemas": schemas, "id": record.id, **external, **record.values, "meta": meta}


def new_change() -> str:
    """A random id of one change."""
    return secrets.token_hex(8)


def addresses(values: Values) -> list[str]:
    """The mail addresses of a user."""
    return [row["value"] for row in values.get("emails", []) if isinstance(row, dict) and row.get("value")]


def _inner(values: Values) -> Values:
    return {name: value for name, value in values.items() if name != _OWN}


def email_of(values: Values) -> str | None:
    """The primary address, else the one for work, else the first; None where commands do not accept it."""
    rows = [row for row in values.get("emails", []) if row.get("value")]
    rows.sort(key=lambda row: (row.get("primary") is not True, str(row.get("type", "")).lower() != "work"))
    found = str(rows[0]["value"]) if rows else ""
    return found if 3 <= len(found) <= 100 and "@" in found and found.isprintable() and found.isascii() else None


def _language(values: Values) -> Literal["zh", "en"] | None:
    language = str(values.get("preferredLanguage") or values.get("locale") or "").lower()
    return "zh" if language.startswith("zh") else "en" if language.startswith("en") else None
