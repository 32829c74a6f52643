"""Fuzz targets for requests of SCIM clients: filters, paths, resources and patches are read or are a SCIM error."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable

from shared.errors import Rejected
from shared.event_sources.strict_json import parse_object
from shared.scim.attributes import ENTERPRISE, GROUPS, USERS, Schema
from shared.scim.errors import ScimError
from shared.scim.filter_matching import matches
from shared.scim.filter_parser import parse_filter, parse_path
from shared.scim.input_values import Values, check_required, read_values
from shared.scim.patch import operations, patched
from shared.scim.view import Selection

JANE: Values = {
    "userName": "jane",
    "active": True,
    "name": {"givenName": "Jane"},
    "emails": [{"value": "jane@x.example", "type": "work", "primary": True}, {"value": "j@x.example"}],
    ENTERPRISE: {"department": "Support", "manager": {"value": "m1"}},
}
TEAM: Values = {"displayName": "team", "members": [{"value": "a"}, {"value": "b"}]}


def scim_query(data: bytes) -> None:
    """Any text as a filter, a path and a choice of attributes."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(ScimError):
        matches(USERS, JANE, parse_filter(text))
    with contextlib.suppress(ScimError):
        parse_path(text)
    with contextlib.suppress(ScimError):
        shown = Selection(text).shown(USERS, {"schemas": [], "id": "1", **JANE})
        assert {"schemas", "id"} <= shown.keys() <= {"schemas", "id", *JANE}


def scim_body(data: bytes) -> None:
    """Any bytes as a resource and as a PATCH: what comes of them could be sent again, and comes to the same."""
    before = json.dumps([JANE, TEAM])
    for schema, resource in ((USERS, JANE), (GROUPS, TEAM)):
        with contextlib.suppress(ScimError, Rejected):
            lasting(schema, read_values(schema, parse_object(data)))
        with contextlib.suppress(ScimError, Rejected):
            after = patched(schema, resource, operations(parse_object(data)))
            check_required(schema, after)
            lasting(schema, after)
    assert json.dumps([JANE, TEAM]) == before


def lasting(schema: Schema, values: Values) -> None:
    """What is kept is what a client would get back and could send."""
    assert read_values(schema, json.loads(json.dumps(values))) == values
    assert ": null" not in json.dumps(values)


SCIM_TARGETS: dict[str, Callable[[bytes], None]] = {"scim_query": scim_query, "scim_body": scim_body}
