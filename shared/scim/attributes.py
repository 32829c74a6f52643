"""The attributes of users and groups: one table for input, PATCH, filters and /Schemas.

It has only the attributes that are stored. All others are ignored, because many clients send more than they need.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

Kind = Literal["string", "boolean", "complex", "reference"]


class Attribute(NamedTuple):
    """A row. `exact`: values are compared with case; `writable`: False for an attribute that the service sets;
    `references`: the targets of a reference; `longest`: the most characters of a text, or items of a list.
    """

    name: str
    kind: Kind
    description: str
    many: bool = False
    parts: tuple[Attribute, ...] = ()
    required: bool = False
    exact: bool = False
    writable: bool = True
    immutable: bool = False
    unique: bool = False
    references: tuple[str, ...] = ()
    longest: int = 1024

    def part(self, name: str) -> Attribute | None:
        """The sub-attribute with this name, in any case."""
        return named(self.parts, name)


class Schema(NamedTuple):
    """A kind of resource: its own attributes, and its extensions."""

    urn: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    extensions: tuple[Schema, ...] = ()


def named(rows: tuple[Attribute, ...], name: str) -> Attribute | None:
    """The attribute with this name, in any case."""
    wanted = name.casefold()
    return next((row for row in rows if row.name.casefold() == wanted), None)


def _text(name: str, description: str, *, exact: bool = False) -> Attribute:
    return Attribute(name, "string", description, exact=exact)


def _values(name: str, description: str, kind: Kind = "string") -> Attribute:
    """A list of values, each with a type; one of them may be primary."""
    parts = (
        Attribute("value", kind, "The value"),
        _text("display", "How the value is shown"),
        _text("type", "What the value is for, such as work"),
        Attribute("primary", "boolean", "Whether this value is the first choice"),
    )
    return Attribute(name, "complex", description, many=True, parts=parts, longest=50)


EXTERNAL_ID = _text("externalId", "The client's own id, which belongs to the client's token", exact=True)

_NAME = Attribute(
    "name",
    "complex",
    "The parts of the person's name",
    parts=(
        _text("formatted", "The whole name"),
        _text("familyName", "The family name"),
        _text("givenName", "The given name"),
        _text("middleName", "The middle names"),
        _text("honorificPrefix", "What stands before the name"),
        _text("honorificSuffix", "What stands after the name"),
    ),
)
_ADDRESSES = Attribute(
    "addresses",
    "complex",
    "Postal addresses",
    many=True,
    longest=50,
    parts=(
        _text("formatted", "The whole address"),
        _text("streetAddress", "Street and number"),
        _text("locality", "City"),
        _text("region", "State or region"),
        _text("postalCode", "Postal code"),
        _text("country", "Country"),
        _text("type", "What the address is for, such as work"),
        Attribute("primary", "boolean", "Whether this address is the first choice"),
    ),
)
_MANAGER = Attribute(
    "manager",
    "complex",
    "The person's manager",
    parts=(
        _text("value", "The id of the manager", exact=True),
        Attribute("$ref", "reference", "The address of the manager", references=("User",), exact=True),
        Attribute("displayName", "string", "The manager's name", writable=False),
    ),
)

USERS = Schema(
    USER,
    "User",
    "A sub-user of the account",
    (
        Attribute("userName", "string", "The name to sign in with at the client", required=True, unique=True),
        _NAME,
        _text("displayName", "The name that is shown"),
        _text("nickName", "What the person is called"),
        _text("title", "The person's function"),
        _text("userType", "How the person belongs to the organisation"),
        _text("preferredLanguage", "The language of mails, such as zh-CN or en"),
        _text("locale", "How dates and numbers are written"),
        _text("timezone", "The time zone, such as Asia/Shanghai"),
        # Required, so that no client can remove it: a user must be either active or not.
        Attribute("active", "boolean", "Whether the sub-user has access", required=True),
        _values("emails", "Mail addresses; credentials are mailed to the primary one"),
        _values("phoneNumbers", "Telephone numbers"),
        _ADDRESSES,
    ),
    (
        Schema(
            ENTERPRISE,
            "EnterpriseUser",
            "What an organisation knows of a person",
            (
                _text("employeeNumber", "The number of the employee"),
                _text("costCenter", "The cost centre"),
                _text("organization", "The organisation"),
                _text("division", "The division"),
                _text("department", "The department"),
                _MANAGER,
            ),
        ),
    ),
)

GROUPS = Schema(
    GROUP,
    "Group",
    "A policy and those who have it, or a group that gives nothing",
    (
        Attribute("displayName", "string", "The name of the group", required=True, unique=True),
        Attribute(
            "members",
            "complex",
            "The users in the group",
            many=True,
            longest=20_000,
            parts=(
                Attribute("value", "string", "The id of the user", immutable=True, exact=True),
                Attribute("$ref", "reference", "The user's address", references=("User",), immutable=True, exact=True),
            ),
        ),
    ),
)

COMMON = (EXTERNAL_ID,)
"""Writable attributes that every resource has beside those of its schema (RFC 7643, 3.1)."""
SET_HERE = ("schemas", "id", "meta")
"""Attributes that only the service sets."""
RESERVED = (*SET_HERE, "groups", "password")
"""SET_HERE, and attributes that are never stored. They are ignored in a client's body."""


def top_level(schema: Schema) -> tuple[Attribute, ...]:
    """All attributes of a resource outside extensions."""
    return schema.attributes + COMMON


def extension(schema: Schema, urn: str) -> Schema | None:
    """The extension with this URN. Entra sometimes leaves out the colon before `User`."""
    wanted = urn.casefold().replace("2.0user", "2.0:user")
    return next((one for one in schema.extensions if one.urn.casefold() == wanted), None)
