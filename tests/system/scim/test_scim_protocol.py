"""The protocol itself: who may ask, what is answered to what cannot be read, and that none of it changes anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.answers import Answer
from tests.events import SCIM_TOKEN
from tests.system.scim.client import Provider
from tests.world import READ, World

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@pytest.mark.parametrize(
    "header",
    [
        None, "", "Bearer", "Bearer ", f"Basic {SCIM_TOKEN}", SCIM_TOKEN,
        f"Bearer {SCIM_TOKEN}x", f"Bearer x{SCIM_TOKEN}",
        f"Bearer {SCIM_TOKEN} {SCIM_TOKEN}", f"Bearer {SCIM_TOKEN}, Bearer {SCIM_TOKEN}", f"bearer\t{SCIM_TOKEN}",
        "Bearer " + "x" * 100_000, "Bearer Grün", "Bearer \udce4", "Bearer \x00", f"Bearer\n{SCIM_TOKEN}", "Bearer =",
        "Bearer e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ],
)  # fmt: skip
def test_without_the_token_there_is_nothing(okta: Provider, header: str | None) -> None:
    """401 with SCIM's error and WWW-Authenticate, whatever is asked for, and no call of the cloud."""
    for method, path in (("GET", "/Users"), ("POST", "/Users"), ("GET", "/Schemas"), ("GET", "/nothing"), ("PUT", "/")):
        event = okta.world.scim(method, path, {"userName": "alice"}, token=None)
        event["headers"] |= {} if header is None else {"authorization": header}
        answer = okta.world.invoke("scim", event)
        assert (answer.status, answer.body["status"]) == (401, "401")
        assert answer.body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert okta.world.calls == []


def test_two_tokens_for_a_rotation(okta: Provider) -> None:
    """Both of one name are one client; in any case of the scheme's word."""
    old, new = okta.world.env["IM_ACCESS_SCIM_TOKENS"].split()
    okta.world.env["IM_ACCESS_SCIM_TOKENS"] = f"{old} {new.replace('other=', 'okta=')}"
    okta.user("alice", externalId="1")
    rotated = Provider(okta.world, "scim-token-of-another")
    assert rotated.done("GET", "/Users", filter='externalId eq "1"')["totalResults"] == 1
    event = okta.world.scim("GET", "/Users", token=None)
    event["headers"] |= {"authorization": f"bEARER  {SCIM_TOKEN} "}
    assert okta.world.invoke("scim", event).status == 200


def test_without_tokens_the_door_is_closed(okta: Provider) -> None:
    """No setting, no client: the function says which one is missing."""
    for value in ("", "okta=sha256:short", f"okta={SCIM_TOKEN}"):
        okta.world.env["IM_ACCESS_SCIM_TOKENS"] = value
        answer = okta.ask("GET", "/Users")
        assert answer.status == 500
        assert "IM_ACCESS_SCIM_TOKENS" in answer.body["detail"]
        assert SCIM_TOKEN not in answer.body["detail"]


HOSTILE: dict[str, Any] = {
    "no JSON": "{",
    "nothing": "",
    "a list": [],
    "deep": "[" * 100_000,
    "deeper": '{"a":' * 50_000,
    "a key twice": '{"userName": "a", "userName": "b"}',
    "a key twice in two cases": {"userName": "a", "USERNAME": "b"},
    "no name": {"displayName": "x"},
    "an empty name": {"userName": " "},
    "a number": {"userName": 7},
    "no boolean": {"userName": "a", "active": "perhaps"},
    "a list of texts": {"userName": "a", "name": ["x"]},
    "not finite": '{"userName": "a", "x": 1e999}',
    "NaN": '{"userName": NaN}',
    "half a pair": '{"userName": "a\\ud800"}',
    "control characters": {"userName": "a\x00b"},
    "long": {"userName": "x" * 1025},
    "many": {"userName": "a", "emails": [{"value": f"{n}@x.example"} for n in range(51)]},
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_changes_nothing(okta: Provider, body: object) -> None:
    """400 with a word of the standard, at POST and PUT and PATCH, of users and of groups."""
    alice = okta.user("alice")["id"]
    text = body if isinstance(body, str) else json.dumps(body)
    before = dict(okta.world.cloud.cos.objects.data)
    for method, path in (
        ("POST", "/Users"),
        ("PUT", f"/Users/{alice}"),
        ("PATCH", f"/Users/{alice}"),
        ("PATCH", f"/Groups/{okta.group(READ)['id']}"),
    ):
        answer = okta.ask(method, path, text)
        assert answer.status == 400, (method, path)
        assert answer.body["scimType"] in ("invalidSyntax", "invalidValue")
    assert dict(okta.world.cloud.cos.objects.data) == before


def test_a_body_of_a_megabyte(okta: Provider) -> None:
    """A body of 1 MiB is taken, and one byte more is answered 413."""
    small = json.dumps({"userName": "alice", "x": ""})
    filled = small[:-2] + "x" * (1024 * 1024 - len(small)) + small[-2:]
    assert okta.ask("POST", "/Users", filled).status == 201
    answer = okta.ask("POST", "/Users", filled + " ")
    assert answer.status == 413
    assert sorted(okta.world.cloud.cam.users) == ["alice"]


@pytest.mark.parametrize(
    "text",
    ['userName eq "' + "x" * 10_000 + '"', 'userName co "a"', "(" * 5000, 'userName eq "a" or userName eq "b"', "\x00"],
)
def test_a_filter_that_is_none(okta: Provider, text: str) -> None:
    """A wrong filter is answered 400 `invalidFilter`, for users and for groups."""
    for path in ("/Users", "/Groups"):
        answer = okta.ask("GET", path, filter=text)
        assert (answer.status, answer.body["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404), ("GET", "", 404), ("GET", "/Nothing", 404), ("GET", "/Users/nobody", 404),
        ("GET", "/Users/../x", 404), ("GET", "/Users/%2e%2e%2f", 404), ("GET", "/Groups/" + "x" * 5000, 404),
        ("PUT", "/Users", 405), ("DELETE", "/Users", 405), ("PATCH", "/Groups", 405), ("POST", "/Users/x", 405),
        ("POST", "/Schemas", 405), ("DELETE", "/ServiceProviderConfig", 405), ("BREW", "/Users", 405),
        ("POST", "/Users/.search", 501), ("POST", "/Bulk", 501), ("GET", "/Me", 501),
        ("GET", "/Schemas/urn:nothing", 404), ("GET", "/ResourceTypes/Nothing", 404),
        ("DELETE", "/Users/nobody", 404), ("DELETE", "/Groups/nobody", 404),
    ],
)  # fmt: skip
def test_what_is_not_there(okta: Provider, method: str, path: str, status: int) -> None:
    """What does not exist is answered with its status; a wrong method is told which are allowed."""
    answer = okta.ask(method, path, {} if method in ("PUT", "POST", "PATCH") else None)
    assert answer.status == status
    assert ("Allow" in answer.headers) is (status == 405)


def test_events_of_other_triggers_are_refused(world: World) -> None:
    """A queue or a timer is nobody's here; what is no event at all is answered."""
    for event in (world.timer(), world.kafka("x")):
        assert "unknown_trigger" in str(world.invoke("scim", event).error)
    assert world.invoke("scim", {}).status == 401


def test_discovery(okta: Provider) -> None:
    """What is supported and what is not; each resource type and schema by itself, wherever the path begins."""
    config = okta.done("GET", "/ServiceProviderConfig")
    assert config["patch"] == {"supported": True}
    assert config["filter"]["supported"]
    assert [name for name in ("bulk", "sort", "etag", "changePassword") if config[name]["supported"]] == []
    assert [row["id"] for row in okta.done("GET", "/ResourceTypes")["Resources"]] == ["User", "Group"]
    schemas = okta.done("GET", "/Schemas")["Resources"]
    assert len(schemas) == 3
    for row in schemas:
        assert okta.done("GET", f"/Schemas/{row['id']}") == row
        assert "null" not in json.dumps(row)
    assert okta.done("GET", "/any/where/resourcetypes/user")["id"] == "User"
    assert okta.world.calls == []


STAGE = {"stage": "release", "httpMethod": "ANY"}
PLACES = [
    ("im.example.com", {}, "", "https://im.example.com/scim/v2"),
    ("127.0.0.1:8080", {}, "", "http://127.0.0.1:8080/scim/v2"),
    ("im.example.com", STAGE, "", "https://im.example.com/scim/v2"),
    ("service-1.gz.apigw.tencentcs.com", STAGE, "", "https://service-1.gz.apigw.tencentcs.com/release/scim/v2"),
    ("service-1.gz.apigw.tencentcs.com", {}, "", "https://service-1.gz.apigw.tencentcs.com/scim/v2"),
    ("evil.example/x", {}, "", "/scim/v2"),
    ("im.example.com", STAGE, "https://scim.example.com/people/", "https://scim.example.com/people"),
]


@pytest.mark.parametrize(("host", "context", "own", "base"), PLACES)
def test_addresses_lead_to_where_they_came_from(
    okta: Provider, host: str, context: dict[str, str], own: str, base: str
) -> None:
    """`meta.location`, `$ref` and the header Location are below the address that the client used, or the setting's."""
    if own:
        okta.world.env["IM_ACCESS_SCIM_URL"] = own

    def ask(method: str, path: str, body: object = None) -> Answer:
        event = okta.world.scim(method, path, body)
        event["headers"]["host"] = host
        return okta.world.invoke("scim", event | ({"requestContext": context} if context else {}))

    made = ask("POST", "/Users", {"userName": "alice"})
    assert made.headers["Location"] == made.body["meta"]["location"] == f"{base}/Users/{made.body['id']}"
    group = ask("POST", "/Groups", {"displayName": "Friends", "members": [{"value": made.body["id"]}]})
    assert group.headers["Location"] == group.body["meta"]["location"] == f"{base}/Groups/{group.body['id']}"
    assert group.body["members"][0]["$ref"] == made.headers["Location"]
    assert ask("GET", "/Schemas").body["Resources"][0]["meta"]["location"].startswith(f"{base}/Schemas/urn:")


def test_lists_are_paged_and_stable(okta: Provider) -> None:
    """In the order in which people came; numbers are numbers, a count of nought tells how many there are."""
    ids = [okta.user(f"user-{n}")["id"] for n in range(7)]
    seen: list[str] = []
    for start in (1, 4, 7, 10):
        page = okta.done("GET", "/Users", startIndex=str(start), count="3")
        assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (7, start, len(page["Resources"]))
        seen += [row["id"] for row in page["Resources"]]
    assert seen == ids
    okta.patch(f"/Users/{ids[3]}", {"op": "replace", "path": "title", "value": "changed"})
    assert [row.get("title") for row in okta.done("GET", "/Users")["Resources"]] == [None] * 3 + ["changed"] + [
        None
    ] * 3
    assert okta.done("GET", "/Users", count="0") | {"schemas": 0} == {
        "schemas": 0, "totalResults": 7, "startIndex": 1, "itemsPerPage": 0, "Resources": []
    }  # fmt: skip


def test_every_look_up(okta: Provider) -> None:
    """By all that clients look for, the moment the POST was answered; with the attributes that are asked for."""
    emails = [{"value": "A@X.example", "type": "work", "primary": True}]
    made = okta.user("Alice@X.example", externalId="00u1", emails=emails, **{ENTERPRISE: {"manager": {"value": "m1"}}})
    for text in (
        'userName eq "alice@x.EXAMPLE"',
        'externalId eq "00u1"',
        "externalId eq 00u1",
        f'id eq "{made["id"]}"',
        'emails[type eq "work"].value eq "a@x.example"',
        f'id eq "{made["id"]}" and {ENTERPRISE}:manager eq "m1"',
        'userName eq "alice@x.example" and active eq true',
        "active Eq true",
        'emails[type eq "work" and value eq "a@x.example"]',
        "userName%20eq%20%22alice%40x.example%22",
        'userName+eq+"alice@x.example"',
    ):
        assert [row["id"] for row in okta.done("GET", "/Users", filter=text)["Resources"]] == [made["id"]], text
    for text in ('userName eq "b"', 'externalId eq "00U1"', 'userName eq "alice@x.example" and active eq false'):
        found = okta.done("GET", "/Users", filter=text)
        assert (found["totalResults"], found["Resources"]) == (0, []), text
    changed = {"externalId": "00u2", "emails": [{"value": "new@x.example"}]}
    okta.done("PUT", f"/Users/{made['id']}", {"userName": "Alice@X.example", **changed})
    for text, count in (
        ('externalId eq "00u2"', 1), ('externalId eq "00u1"', 0),
        ('emails eq "NEW@x.example"', 1), ('emails.value eq "a@x.example"', 0),
    ):  # fmt: skip
        assert okta.done("GET", "/Users", filter=text)["totalResults"] == count, text
    group = okta.done("POST", "/Groups", {"displayName": "Friends", "externalId": "g1"})
    okta.patch(f"/Groups/{group['id']}", {"op": "replace", "path": "externalId", "value": "g2"})
    for text, count in (('externalId eq "g2"', 1), ('externalId eq "g1"', 0), (f'members.value eq "{made["id"]}"', 0)):
        assert okta.done("GET", "/Groups", filter=text)["totalResults"] == count, text
    some = okta.done("GET", f"/Users/{made['id']}", attributes="userName")
    assert sorted(some) == ["id", "schemas", "userName"]
    assert "emails" not in okta.done("GET", f"/Users/{made['id']}", excludedAttributes="emails")
    with_title = {"userName": "Alice@X.example", "title": "Agent"}
    renamed = {"Operations": [{"op": "replace", "path": "displayName", "value": "Pals"}]}
    for method, path, body in (
        ("PUT", f"/Users/{made['id']}", with_title),
        ("PATCH", f"/Groups/{group['id']}", renamed),
        ("PUT", f"/Groups/{group['id']}", {"displayName": "Pals"}),
    ):
        assert sorted(okta.done(method, path, body, attributes="title")) == [
            "id",
            "schemas",
            *(["title"] * ("Users" in path)),
        ]
        assert "meta" not in okta.done(method, path, body, excludedAttributes="meta")
    answer = okta.ask("POST", "/Users", {"userName": "bob"}, attributes="userName")
    assert sorted(answer.body) == ["id", "schemas", "userName"]
    assert answer.headers["Location"].endswith(f"/Users/{answer.body['id']}")


def test_passwords_and_groups_are_never_kept(okta: Provider) -> None:
    """Okta sends them: they are in no answer and nowhere in the bucket."""
    made = okta.user("alice", password="hunter2hunter2", groups=[{"value": "x"}])
    ops = [
        {"op": "replace", "path": name, "value": "hunter2hunter2"} for name in ("password", "groups", "groups.value")
    ]
    for one in (made, okta.patch(f"/Users/{made['id']}", *ops, {"op": "add", "value": {"password": "hunter2hunter2"}})):
        assert "password" not in one
        assert "groups" not in one
    filtered = {"op": "add", "path": 'groups[value eq "x"].display', "value": "x"}
    assert okta.patch(f"/Users/{made['id']}", filtered) == made
    assert not [key for key, row in okta.world.cloud.cos.objects.data.items() if b"hunter2hunter2" in row.body]
    assert not [key for key, row in okta.world.cloud.cos.objects.data.items() if SCIM_TOKEN.encode() in row.body]
