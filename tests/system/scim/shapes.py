"""The requests of known clients, exactly as they send them: Okta, Entra ID in both dialects, authentik, Keycloak.

Each story gets a function that sends a request and returns its status and JSON. So it runs within a test, and over HTTP
against a local cloud.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Send = Callable[..., tuple[int, Json]]
"""`send(method, path, body=None, **query)`; with `token=...` another token than the right one."""

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def patch(*ops: Json) -> Json:
    """The body of a PATCH."""
    return {"schemas": [PATCH], "Operations": list(ops)}


def okta_specification(send: Send) -> None:
    """What Okta's SCIM 2.0 specification test asks, and what it holds of the answers."""
    seed = {
        "schemas": [USER],
        "userName": "seed@okta.example",
        "name": {"givenName": "Seed", "familyName": "User"},
        "emails": [{"primary": True, "value": "seed@okta.example", "type": "work"}],
        "active": True,
    }
    assert send("POST", "/Users", seed)[0] == 201
    status, page = send("GET", "/Users", count="1", startIndex="1")
    assert (status, page["schemas"]) == (200, [LIST])
    assert all(isinstance(page[name], int) for name in ("itemsPerPage", "startIndex", "totalResults"))
    [first] = page["Resources"]
    for one in (first, send("GET", f"/Users/{first['id']}")[1]):
        assert one["id"] == first["id"]
        assert one["name"]["familyName"]
        assert one["name"]["givenName"]
        assert one["userName"]
        assert one["active"] in (True, False)
        assert one["emails"][0]["value"]
    status, none = send("GET", "/Users", filter='userName eq "nobody@okta.example"')
    assert (status, none["schemas"], none["totalResults"]) == (200, [LIST], 0)
    status, error = send("GET", "/Users/00u-does-not-exist")
    assert (status, error["status"], error["schemas"]) == (404, "404", [ERROR])
    assert error["detail"]
    body = {
        "schemas": [USER],
        "userName": "jane@okta.example",
        "name": {"givenName": "Jane", "familyName": "Doe"},
        "emails": [{"primary": True, "value": "jane@okta.example", "type": "work"}],
        "displayName": "Jane Doe",
        "active": True,
    }
    status, made = send("POST", "/Users", body)
    assert status == 201
    assert USER in made["schemas"]
    assert {name: made[name] for name in body if name != "schemas"} == {n: v for n, v in body.items() if n != "schemas"}
    assert send("GET", f"/Users/{made['id']}")[1]["userName"] == "jane@okta.example"
    assert send("POST", "/Users", body)[0] == 409
    status, found = send("GET", "/Users", filter='userName eq "JANE@OKTA.EXAMPLE"')
    assert (status, found["totalResults"]) == (200, 1)
    assert send("GET", "/Groups")[0] == 200
    status, error = send("GET", "/Users", token="wrong")
    assert (status, error["status"], error["schemas"]) == (401, "401", [ERROR])
    assert error["detail"]


def okta_life(send: Send) -> None:
    """Assignment, update, group push, deactivation and return, with what Okta sends beside that."""
    who = 'userName eq "kim@okta.example"'
    assert send("GET", "/Users", filter=who, startIndex="1", count="100")[1]["totalResults"] == 0
    body = {
        "schemas": [USER],
        "userName": "kim@okta.example",
        "name": {"givenName": "Kim", "familyName": "Li"},
        "emails": [{"primary": True, "value": "kim@okta.example", "type": "work", "display": "kim@okta.example"}],
        "displayName": "Kim Li",
        "locale": "en-US",
        "externalId": "00ukim",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    status, made = send("POST", "/Users", body)
    assert status == 201
    assert "password" not in made
    path = f"/Users/{made['id']}"
    whole = send("GET", path)[1]
    status, updated = send("PUT", path, whole | {"displayName": "Kim L.", "groups": [], "meta": whole["meta"]})
    assert (status, updated["displayName"], updated["externalId"]) == (200, "Kim L.", "00ukim")
    status, group = send("POST", "/Groups", {"schemas": [GROUP], "displayName": "Okta pushed", "members": []})
    assert status == 201
    groups = f"/Groups/{group['id']}"
    rename = {"op": "replace", "value": {"id": group["id"], "displayName": "Okta pushed"}}
    member = [{"value": made["id"], "display": "kim@okta.example"}]
    for op in (
        {"op": "add", "path": "members", "value": member},
        {"op": "replace", "path": "members", "value": member},
    ):
        status, shown = send("PATCH", groups, patch(rename, op))
        assert (status, [row["value"] for row in shown["members"]]) == (200, [made["id"]])
    gone = {"op": "remove", "path": f'members[value eq "{made["id"]}"]'}
    assert "members" not in send("PATCH", groups, patch(rename, gone))[1]
    assert send("PUT", groups, {"schemas": [GROUP], "displayName": "Okta pushed", "members": []})[0] == 200
    assert send("DELETE", groups)[0] == 204
    status, off = send("PATCH", path, patch({"op": "replace", "value": {"active": False}}))
    assert (status, off["active"]) == (200, False)
    assert send("GET", "/Users", filter=who)[1]["Resources"][0]["active"] is False
    assert send("PUT", path, whole | {"active": True})[1]["active"] is True


def entra(send: Send) -> None:
    """A cycle of Entra ID: the test of the connection, people and groups, in its old dialect and its new one."""
    guid = "5b9a1c0e-93aa-4e1f-8d0f-2f2b6d6a0d51"
    for text in (f'userName eq "{guid}"', f'externalId eq "{guid}"'):
        status, none = send("GET", "/Users", filter=text)
        assert (status, none["totalResults"], none["Resources"]) == (200, 0, [])
    body = {
        "schemas": [USER, ENTERPRISE.replace(":User", "User")],
        "externalId": "jyoung",
        "userName": "jyoung@entra.example",
        "active": True,
        "addresses": None,
        "displayName": "Joy Young",
        "emails": [{"type": "work", "value": "jyoung@entra.example", "primary": True}],
        "meta": {"resourceType": "User"},
        "name": {"familyName": "Young", "givenName": "Joy"},
        "roles": [],
        ENTERPRISE.replace(":User", "User"): {"department": "bob"},
    }
    status, made = send("POST", "/Users", body)
    assert (status, made[ENTERPRISE]) == (201, {"department": "bob"})
    path = f"/Users/{made['id']}"
    assert send("GET", "/Users", filter="externalId eq jyoung")[1]["totalResults"] == 1
    assert send("GET", "/Users", filter='userName Eq "jyoung@entra.example"')[1]["totalResults"] == 1
    old = patch(
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "j@entra.example"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+86 1"},
        {"op": "Replace", "path": "name.familyName", "value": "Old"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": [{"$ref": None, "value": "m1"}]},
        {"op": "Replace", "path": "active", "value": "True"},
    )
    status, after = send("PATCH", path, old)
    assert (status, after["emails"][0]["value"], after["name"]["familyName"]) == (200, "j@entra.example", "Old")
    assert after["phoneNumbers"] == [{"type": "mobile", "value": "+86 1"}]
    assert after[ENTERPRISE]["manager"]["value"] == "m1"
    check = f'id eq "{made["id"]}" and {ENTERPRISE}:manager eq "m1"'
    assert send("GET", "/Users", filter=check, attributes="id")[1]["totalResults"] == 1
    new = patch(
        {"op": "replace", "value": {"displayName": "New", "name.givenName": "N.", f"{ENTERPRISE}:department": "d"}},
        {"op": "remove", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+86 1"},
    )
    after = send("PATCH", path, new)[1]
    assert (after["displayName"], after["name"]["givenName"], after[ENTERPRISE]["department"]) == ("New", "N.", "d")
    assert "phoneNumbers" not in after
    _entra_group(send, made["id"])
    for value in ("False", False):
        assert send("PATCH", path, patch({"op": "Replace", "path": "active", "value": value}))[1]["active"] is False
    assert send("GET", path)[1]["active"] is False
    assert send("DELETE", path)[0] == 204
    assert send("GET", path)[0] == 404


def _entra_group(send: Send, user: str) -> None:
    adscim = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
    name = 'displayName eq "Entra group"'
    assert send("GET", "/Groups", filter=name, excludedAttributes="members")[1]["totalResults"] == 0
    body = {
        "schemas": [GROUP, adscim],
        "externalId": "8aa1",
        "displayName": "Entra group",
        "meta": {"resourceType": "Group"},
    }
    status, group = send("POST", "/Groups", body)
    assert (status, group["externalId"]) == (201, "8aa1")
    path = f"/Groups/{group['id']}"
    add = {"op": "Add", "path": "members", "value": [{"$ref": None, "value": user}]}
    assert send("PATCH", path, patch(add))[0] == 200
    gone = {"op": "Remove", "path": "members", "value": [{"$ref": None, "value": user}]}
    assert "members" not in send("PATCH", path, patch(gone))[1]
    assert send("PATCH", path, patch({"op": "Replace", "path": "displayName", "value": "Entra renamed"}))[0] == 200
    assert send("DELETE", path)[0] == 204


def authentik(send: Send) -> None:
    """It looks for the abilities first, writes users whole, and members one operation each."""
    assert send("GET", "/ServiceProviderConfig")[1]["patch"]["supported"] is True
    user = {"schemas": [USER], "userName": "ak@ak.example", "externalId": "uid-1", "active": True}
    user |= {"name": {"formatted": "A K", "givenName": "A", "familyName": "K"}, "displayName": "A K"}
    status, made = send("POST", "/Users", user)
    assert status == 201
    assert send("POST", "/Users", user)[0] == 409
    assert send("PUT", f"/Users/{made['id']}", user | {"id": made["id"], "displayName": "AK"})[1]["displayName"] == "AK"
    group = {"schemas": [GROUP], "displayName": "authentik Admins", "externalId": "g-1"}
    status, kept = send("POST", "/Groups", group)
    assert status == 201
    assert send("POST", "/Groups", group)[0] == 409
    assert send("GET", "/Groups", filter='displayName eq "authentik Admins"')[1]["Resources"][0]["id"] == kept["id"]
    path = f"/Groups/{kept['id']}"
    assert send("PATCH", path, patch({"op": "replace", "value": group | {"id": kept["id"]}}))[0] == 200
    for op in ("add", "remove"):
        body = patch({"op": op, "path": "members", "value": [{"value": made["id"]}]})
        status, shown = send("PATCH", path, body)
        assert (status, len(shown.get("members", []))) == (200, 1 if op == "add" else 0)
    assert send("DELETE", f"/Users/{made['id']}")[0] == 204
    assert send("DELETE", path)[0] == 204


def keycloak(send: Send) -> None:
    """The plugin: whole resources, roles that nobody keeps, and a delete at the end."""
    user = {"schemas": [USER], "userName": "kc", "externalId": "kc-1", "active": True, "roles": [{"value": "default"}]}
    user |= {"emails": [{"value": "kc@kc.example", "primary": True}], "displayName": "K C"}
    status, made = send("POST", "/Users", user)
    assert status == 201
    status, put = send("PUT", f"/Users/{made['id']}", user | {"displayName": "KC"})
    assert (status, put["displayName"]) == (200, "KC")
    status, group = send("POST", "/Groups", {"displayName": "kc group", "members": [{"value": made["id"]}]})
    assert (status, group["members"][0]["value"]) == (201, made["id"])
    assert send("PUT", f"/Groups/{group['id']}", {"displayName": "kc group"})[0] == 200
    for path in (f"/Users/{made['id']}", f"/Groups/{group['id']}"):
        assert send("DELETE", path)[0] == 204
        assert send("DELETE", path)[0] == 404


STORIES = (okta_specification, okta_life, entra, authentik, keycloak)
