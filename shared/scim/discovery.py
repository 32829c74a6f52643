"""The service's description of itself (RFC 7643, 5 to 7): its features, resource types and schemas."""

from __future__ import annotations

from typing import Any

from shared.scim.attributes import COMMON, GROUPS, USERS, Attribute, Schema
from shared.scim.errors import not_found
from shared.scim.input_values import Values
from shared.scim.routing import Target
from shared.scim.view import PAGE, listed

_CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def described(wanted: Target, base: str) -> Values:
    """The answer to a request for the configuration, for a resource type or schema, or for all of them.

    `base`: the base URL of the resources. Raises ScimError 404.
    """
    if wanted.endpoint == "ServiceProviderConfig" and not wanted.id:
        return config(base)
    rows = {"ResourceTypes": resource_types, "Schemas": schemas}.get(wanted.endpoint)
    if rows is None:
        raise not_found()
    found = rows(base)
    if not wanted.id:
        return listed(found, len(found))
    one = next((row for row in found if row["id"].casefold() == wanted.id.casefold()), None)
    if one is None:
        raise not_found()
    return one


def config(base: str) -> dict[str, Any]:
    """The ServiceProviderConfig: what is supported and what is not."""
    no = {"supported": False}
    return {
        "schemas": [_CONFIG],
        "patch": {"supported": True},
        "bulk": no | {"maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": PAGE},
        "changePassword": no,
        "sort": no,
        "etag": no,
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token that im-access scim-token has made",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def resource_types(base: str) -> list[dict[str, Any]]:
    """The resource types: users and groups."""
    return [_resource_type(base, USERS, "/Users"), _resource_type(base, GROUPS, "/Groups")]


def schemas(base: str) -> list[dict[str, Any]]:
    """The schemas of users and groups, and of the extensions."""
    return [_schema(base, one) for one in (USERS, *USERS.extensions, GROUPS)]


def _resource_type(base: str, schema: Schema, endpoint: str) -> dict[str, Any]:
    extensions = [{"schema": one.urn, "required": False} for one in schema.extensions]
    return {
        "schemas": [_TYPE],
        "id": schema.name,
        "name": schema.name,
        "endpoint": endpoint,
        "description": schema.description,
        "schema": schema.urn,
        **({"schemaExtensions": extensions} if extensions else {}),
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{schema.name}"},
    }


def _schema(base: str, schema: Schema) -> dict[str, Any]:
    common = COMMON if schema in (USERS, GROUPS) else ()
    return {
        "schemas": [_SCHEMA],
        "id": schema.urn,
        "name": schema.name,
        "description": schema.description,
        "attributes": [_attribute(row) for row in (*schema.attributes, *common)],
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{schema.urn}"},
    }


def _attribute(row: Attribute) -> dict[str, Any]:
    members: dict[str, Any] = {
        "name": row.name,
        "type": row.kind,
        "multiValued": row.many,
        "description": row.description,
        "required": row.required,
        "caseExact": row.exact,
        "mutability": "immutable" if row.immutable else "readWrite" if row.writable else "readOnly",
        "returned": "default",
        "uniqueness": "server" if row.unique else "none",
    }
    if row.references:
        members["referenceTypes"] = list(row.references)
    if row.parts:
        members["subAttributes"] = [_attribute(part) for part in row.parts]
    return members
