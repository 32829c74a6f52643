"""The functions keep their promises to callers on every variation of the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit

import pytest

from tests.witness.account import CUSTOM, FULL, OWNER, READ
from tests.witness.client import call, fetch, opened
from tests.witness.driver import Answer, Driver, Json
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options
from tests.witness.variations import FRUGAL, VARIATIONS

LOGIN = f"https://cloud.tencent.com/login/subAccount/{OWNER}?type=subAccount&username=alice"


def alice(*policies: str) -> Json:
    """A command about her."""
    return {"user": "alice", "policies": list(policies)}


@pytest.fixture(params=VARIATIONS)
def cloud(request: pytest.FixtureRequest, driver: Driver) -> Iterator[Driver]:
    """An instance of the functions in front of each of the clouds."""
    driver.emulator.reset(VARIATIONS[request.param])
    with driver.instance() as driver.resident:
        yield driver


def send(driver: Driver, function: str, command: Json, id: str, time: float | None = None) -> Answer:
    """One request, a minute after the one before it, until its answer is final."""
    driver.clock.advance(60)
    body = command if time is None else driver.envelope(function, command, id, time)
    return driver.until_final(function, driver.http(body, id))


def test_a_create_delivers_what_cam_has(cloud: Driver) -> None:
    """The answer, the file behind its link, and the account say the same; and the delivered key works."""
    answer = send(cloud, "create_user", alice(FULL, READ), "1")
    account, bucket = cloud.emulator.account, cloud.emulator.bucket
    (person,) = account.people.values()
    credentials = answer.body.pop("credentials")
    assert answer.status == 201
    assert answer.body == {
        "request_id": answer.body["request_id"],
        "status": "created",
        "user": {"name": "alice", "uin": person.uin},
        "policies": [FULL, READ],
        "login_url": LOGIN,
    }
    page = fetch(credentials["url"])
    row = opened(page.body)
    assert row == (LOGIN, "alice", person.password, *next(iter(person.keys.items())))
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert page.headers["content-disposition"].startswith("attachment")
    (file,) = bucket.below("credentials/")
    assert bucket.objects[file].headers["x-cos-server-side-encryption"] == "AES256"
    assert (len(person.keys), person.inactive, person.login) == (1, set(), True)
    assert account.policies_of("alice") == [FULL, READ]
    told = call(cloud.emulator.api, "GetCallerIdentity", {}, (*row[3:], ""), now=cloud.clock.now())
    assert told["AccountId"] == OWNER
    for secret in (row.password, row.secret_key):
        assert [key for key, stored in bucket.objects.items() if secret.encode() in stored.body] == [file]


@pytest.mark.parametrize("cloud", ["plain", "all-at-once"], indirect=True)
def test_a_link_is_good_until_it_says(cloud: Driver) -> None:
    """It works up to the moment that was told, not after it, and for nothing but its own object."""
    credentials = send(cloud, "create_user", alice(READ) | {"link_ttl": 600}, "1").body["credentials"]
    ends = datetime.strptime(credentials["expires_at"], "%Y-%m-%dT%H:%M:%S%z").timestamp()
    assert 595 <= ends - cloud.clock.now() <= 600
    url, path = credentials["url"], urlsplit(credentials["url"]).path
    assert fetch(url.replace(path, "/requests/x.json")).status == 403
    assert fetch(url.partition("&x-cos-security-token")[0]).status == 403
    cloud.clock.advance(ends - 2 - cloud.clock.now())
    assert fetch(url).status == 200
    cloud.clock.advance(3)
    expired = fetch(url)
    assert (expired.status, b"Request has expired" in expired.body) == (403, True)


@pytest.mark.parametrize("cloud", ["plain", "all-at-once"], indirect=True)
def test_without_console_or_without_key(cloud: Driver) -> None:
    """What was not asked for is neither made nor written down."""
    answer = send(cloud, "create_user", alice(READ) | {"console_login": False}, "1")
    row = opened(fetch(answer.body["credentials"]["url"]).body)
    assert (row.login_url, row.password, bool(row.secret_key)) == ("", "", True)
    assert not cloud.emulator.account.people["alice"].login
    answer = send(cloud, "create_user", {"user": "bob", "policies": [READ], "api_access": False}, "2")
    row = opened(fetch(answer.body["credentials"]["url"]).body)
    assert (bool(row.password), row.secret_id, row.secret_key) == (True, "", "")
    assert cloud.emulator.account.people["bob"].keys == {}


def test_a_repetition_gets_the_first_answer(cloud: Driver) -> None:
    """With a fresh link to the same file, and without a call of CAM; until the file is gone."""
    first = send(cloud, "create_user", alice(READ), "1")
    (file,) = cloud.emulator.bucket.below("credentials/")
    cloud.emulator.journal.calls.clear()
    cloud.resident = None
    again = send(cloud, "create_user", alice(READ), "1")
    assert again.status == 200
    assert again.body | {"credentials": 0} == first.body | {"credentials": 0, "replayed": True}
    assert fetch(again.body["credentials"]["url"]).body == fetch(first.body["credentials"]["url"]).body
    assert {one.service for one in cloud.emulator.journal.calls} == {"cos"}
    del cloud.emulator.bucket.objects[file]
    gone = send(cloud, "create_user", alice(READ), "1")
    assert (gone.status, gone.body["code"]) == (410, "credentials_gone")


def test_refusals(cloud: Driver) -> None:
    """Each has its status and code, and changes nothing."""
    send(cloud, "create_user", alice(READ), "1")
    before = (dict(cloud.emulator.account.people), cloud.emulator.bucket.below("ledger/"))
    refused = {
        "identity_reused": send(cloud, "create_user", alice(FULL), "1"),
        "user_exists": send(cloud, "create_user", alice(FULL), "2"),
        "user_not_found": send(cloud, "grant_policy", {"user": "nobody", "policies": [READ]}, "3"),
        "policy_not_allowed": send(cloud, "grant_policy", alice("AdministratorAccess"), "4"),
        "invalid_command": send(cloud, "revoke_policy", alice(), "5"),
        "wrong_type": cloud.run("grant_policy", cloud.http(cloud.envelope("revoke_policy", alice(FULL), "6"), "6")),
    }
    assert {code: answer.body["code"] for code, answer in refused.items()} == {code: code for code in refused}
    assert [answer.status for answer in refused.values()] == [422, 409, 404, 403, 400, 400]
    assert (dict(cloud.emulator.account.people), cloud.emulator.bucket.below("ledger/")) == before
    assert cloud.emulator.account.policies_of("alice") == [READ]


def test_grants_and_revokes_tell_what_they_changed(cloud: Driver) -> None:
    """A grant or revoke answers attached or detached, and unchanged the second time."""
    send(cloud, "create_user", alice(READ), "0")
    uin = cloud.emulator.account.people["alice"].uin
    steps = [
        ("grant_policy", FULL, "attached", [FULL, READ]),
        ("grant_policy", FULL, "unchanged", [FULL, READ]),
        ("revoke_policy", READ, "detached", [FULL]),
        ("revoke_policy", READ, "unchanged", [FULL]),
        ("revoke_policy", FULL, "detached", []),
        ("grant_policy", READ, "attached", [READ]),
    ]
    status = {"attached": "granted", "detached": "revoked", "unchanged": "unchanged"}
    for n, (function, policy, outcome, attached) in enumerate(steps):
        answer = send(cloud, function, alice(policy), f"step-{n}")
        assert answer.status == 200
        assert answer.body == {
            "request_id": answer.body["request_id"],
            "status": status[outcome],
            "user": {"name": "alice", "uin": uin},
            "policies": [{"name": policy, "outcome": outcome}],
        } | ({"still_attached": attached} if function == "revoke_policy" else {})
        assert cloud.emulator.account.policies_of("alice") == attached
        assert send(cloud, function, alice(policy), f"step-{n}").body == answer.body | {"replayed": True}


def test_a_custom_policy(cloud: Driver) -> None:
    """One that allows nothing but IM is given, and taken away."""
    cloud.env["IM_ACCESS_POLICIES"] = f"{READ},{CUSTOM}"
    cloud.emulator.account.add("alice", READ)
    assert send(cloud, "grant_policy", alice(CUSTOM), "1").status == 200
    assert cloud.emulator.account.policies_of("alice") == [READ, CUSTOM]
    assert send(cloud, "revoke_policy", alice(CUSTOM), "2").status == 200
    assert cloud.emulator.account.policies_of("alice") == [READ]


@pytest.mark.parametrize("policy", [READ, CUSTOM])
def test_a_cloud_that_shows_no_documents(driver: Driver, policy: str) -> None:
    """What cannot be read is not given, preset or custom; it is taken away all the same."""
    driver.emulator.reset(Options(get_policy=False))
    driver.env["IM_ACCESS_POLICIES"] = f"{READ},{CUSTOM}"
    driver.emulator.account.add("alice", policy)
    assert send(driver, "create_user", {"user": "bob", "policies": [policy]}, "1").status == 403
    assert send(driver, "grant_policy", alice(policy), "2").status == 403
    assert "bob" not in driver.emulator.account.people
    assert send(driver, "revoke_policy", alice(policy), "3").status == 200
    assert driver.emulator.account.policies_of("alice") == []


def test_the_newest_event_wins(cloud: Driver) -> None:
    """Whatever the order of arrival, over HTTP; at equal times the revoke; and before the user is there, too."""
    now = cloud.clock.now()
    cloud.emulator.account.add("alice")
    assert send(cloud, "revoke_policy", alice(FULL), "2", now - 100).body["status"] == "unchanged"
    late = send(cloud, "grant_policy", alice(FULL), "1", now - 200)
    assert late.body["policies"] == [{"name": FULL, "outcome": "superseded"}]
    equal = send(cloud, "grant_policy", alice(FULL), "3", now - 100)
    assert equal.body["policies"] == [{"name": FULL, "outcome": "superseded"}]
    assert cloud.emulator.account.policies_of("alice") == []
    assert send(cloud, "grant_policy", alice(FULL), "4", now - 99.5).body["status"] == "granted"
    assert cloud.emulator.account.policies_of("alice") == [FULL]
    bob = {"user": "bob", "policies": [READ]}
    early = send(cloud, "revoke_policy", bob, "5", now - 50)
    assert (early.status, early.body["status"], early.body["user"]["uin"]) == (200, "unchanged", None)
    created = send(cloud, "create_user", bob, "6", now - 60)
    assert (created.status, created.body["policies"]) == (201, [])
    assert cloud.emulator.account.policies_of("bob") == []


def test_a_batch_is_counted_and_nothing_is_lost(cloud: Driver) -> None:
    """Done, ignored and parked; what is in the way of one message makes the batch come again, and only that message."""
    for name in ("alice", "bob"):
        cloud.emulator.account.add(name)
    batch = cloud.kafka(
        cloud.envelope("grant_policy", alice(READ), "a"),
        cloud.envelope("revoke_policy", alice(READ), "b"),
        "no json",
        alice(READ),
        cloud.envelope("grant_policy", {"user": "nobody", "policies": [READ]}, "c"),
        cloud.envelope("grant_policy", {"user": "bob", "policies": [READ]}, "d"),
    )
    cloud.emulator.plan(Plan(Fault.CUT_AFTER, nth=2, action="AttachUserPolicy"))
    assert cloud.run("grant_policy", batch).raised
    cloud.clock.advance(60)
    counters = {"received": 6, "applied": 1, "replayed": 1, "ignored": 1, "parked": 3}
    assert cloud.run("grant_policy", batch).body == counters
    cloud.resident = None
    assert cloud.run("grant_policy", batch).body == counters | {"applied": 0, "replayed": 2}
    letters = [cloud.emulator.bucket.objects[key] for key in cloud.emulator.bucket.below("dead-letters/")]
    told = sorted((letter["code"], letter["retry"]) for letter in (json.loads(stored.body) for stored in letters))
    assert told == [("malformed_json", False), ("no_type", False), ("user_not_found", True)]
    assert [cloud.emulator.account.policies_of(name) for name in ("alice", "bob")] == [[READ], [READ]]
    written = [key for key in cloud.emulator.bucket.written if not key.startswith("open/")]
    assert len(written) == len(set(written)), "an object was written twice"


@pytest.mark.parametrize("name", FRUGAL)
def test_a_warm_instance_makes_few_calls(driver: Driver, name: str) -> None:
    """At most fifteen for a create, thirteen for a grant and a revoke of a preset for a known user."""
    driver.emulator.reset(VARIATIONS[name])
    counts = {}
    with driver.instance() as instance:
        for n, (function, policy, most) in enumerate(
            [
                ("create_user", READ, 99),
                ("grant_policy", FULL, 99),
                ("grant_policy", READ, 13),
                ("revoke_policy", FULL, 13),
                ("create_user", READ, 15),
            ]
        ):
            driver.clock.advance(60)
            driver.emulator.journal.calls.clear()
            command = {"user": "bob" if n == 4 else "alice", "policies": [policy]}
            assert driver.run(function, driver.http(command, str(n)), instance).status in (200, 201)
            counts[function, n] = (len(driver.emulator.journal.calls), most)
    assert all(count <= most for count, most in counts.values()), counts
