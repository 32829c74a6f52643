"""Many at once, and many in all: nothing is lost, nothing is given twice, and a look-up costs what it always cost."""

from __future__ import annotations

import time
from typing import Any

import pytest

from shared.scim.documents import Documents
from shared.scim.resource_records import LifeChange, UserRecord
from tests.answers import Answer
from tests.system.scim.client import Provider
from tests.unit.policies.stores import MemoryStore
from tests.world import FULL, READ, World


def repeated(world: World, event: dict[str, Any], answer: Answer) -> Answer:
    """What a client is answered in the end that comes again as often as it is told to."""
    for _ in range(10):
        if answer.status != 429:
            break
        world.clock.advance(int(answer.headers["Retry-After"]))
        answer = world.invoke("scim", event)
    return answer


def test_eight_clients_patch_one_group_and_the_sum_is_right(okta: Provider) -> None:
    """Each adds somebody and takes somebody out: in the end all are in who should be, in the group and in CAM."""
    world = okta.world
    stay = [okta.user(f"stay-{n}")["id"] for n in range(8)]
    go = [okta.user(f"go-{n}")["id"] for n in range(8)]
    okta.members(READ, "add", *go)
    path = f"/Groups/{okta.group(READ)['id']}"
    events = [
        world.scim(
            "PATCH",
            path,
            {
                "Operations": [
                    {"op": "add", "path": "members", "value": [{"value": add}]},
                    {"op": "remove", "path": f'members[value eq "{out}"]'},
                ]
            },
        )
        for add, out in zip(stay, go, strict=True)
    ]
    answers = world.together([("scim", event) for event in events])
    for event, answer in zip(events, answers, strict=True):
        assert repeated(world, event, answer).status == 200
    assert sorted(row["value"] for row in okta.group(READ)["members"]) == sorted(stay)
    for _ in range(4):
        if okta.due():
            okta.sweep()
    assert okta.due() == []
    have = {name for name in world.cloud.cam.users if world.cloud.cam.attached(name) == [READ]}
    assert have == {f"stay-{n}" for n in range(8)}


def test_of_eight_who_take_a_name_at_once_one_gets_it(okta: Provider) -> None:
    """One is answered 201, everybody else 409; there is one user and one sub-user."""
    world = okta.world
    names = ["alice", "Alice"] * 4
    events = [world.scim("POST", "/Users", {"userName": one, "externalId": str(n)}) for n, one in enumerate(names)]
    answers = world.together([("scim", event) for event in events])
    done = []
    for event, answer in zip(events, answers, strict=True):
        done.append(repeated(world, event, answer).status)
    assert set(done) <= {201, 409}
    assert done.count(201) <= 1
    for _ in range(6):
        if okta.due():
            okta.sweep()
    assert len(okta.named("alice")) == 1
    assert len(world.cloud.cam.users) == 1
    assert len(world.end_state(next(iter(world.cloud.cam.users))).keys) == 1


def test_two_groups_of_one_policy_at_once(okta: Provider) -> None:
    """Who is taken out of both at the same moment has it no more: each sees at least its own."""
    world = okta.world
    world.env["IM_ACCESS_SCIM_GROUPS"] = f"Readers={READ}"
    alice = okta.user("alice")["id"]
    paths = [f"/Groups/{okta.group(name)['id']}" for name in (READ, "Readers")]
    for path in paths:
        okta.patch(path, {"op": "add", "path": "members", "value": [{"value": alice}]})
    out = {"Operations": [{"op": "remove", "path": f'members[value eq "{alice}"]'}]}
    for answer in world.together([("scim", world.scim("PATCH", path, out)) for path in paths]):
        assert answer.status in (200, 429)
    for _ in range(6):
        if okta.due():
            okta.sweep()
    assert world.cloud.cam.attached("alice") == []


def record(n: int) -> UserRecord:
    """One of many users."""
    life = LifeChange(effect="create", n=1, time=1)
    at = "2026-01-01T00:00:00Z"
    one = {"id": f"{n:012x}{n:020x}", "version": 1, "change": f"{n:016x}", "created": at, "modified": at}
    return UserRecord(**one, values={"userName": f"user-{n}", "active": True}, sub_user=f"user-{n}", life=life)


def test_a_look_up_costs_the_same_among_many() -> None:
    """Three calls and a few rows, whether there are ten users or a thousand."""
    costs = []
    for count in (10, 1000):
        store = MemoryStore()
        users = Documents(store, UserRecord)
        for n in range(count):
            assert users.write(record(n), takes=True)
            users.index.add(record(n).id, "externalId", "okta", str(n))
        store.calls.clear()
        store.shown = 0
        found = users.named("USER-7")
        assert found is not None
        assert found.name == "user-7"
        assert [one.name for one in users.known_by("externalId", "okta", "7")] == ["user-7"]
        assert users.named("nobody") is None
        costs.append((sum(store.calls.values()), store.shown))
    assert costs[0] == costs[1]
    assert costs[0][0] == 3 + 3 + 1


def test_a_thousand_users_are_listed_in_seconds(okta: Provider) -> None:
    """Page by page, each of them once and in one order; a page costs a call a user and two more."""
    backend = okta.world.cloud.cos
    for n in range(1000):
        one = record(n)
        backend.put(f"scim/users/{one.id}/99999998.json", one.dump(), {}, create_only=True)
        backend.put(f"scim/now/live/users/{one.id}-1", b"{}", {}, create_only=True)
    began, seen, start = time.monotonic(), [], 1
    while True:
        page = okta.done("GET", "/Users", startIndex=str(start), count="100")
        assert page["totalResults"] >= 1000
        if not page["Resources"]:
            break
        seen += [row["userName"] for row in page["Resources"]]
        start += len(page["Resources"])
        assert len(okta.world.calls) == 2 + len(page["Resources"])
    assert seen == [f"user-{n}" for n in range(1000)]
    # What nothing is filed by cannot be looked for among so many; what else is asked for narrows that down.
    answer = okta.ask("GET", "/Users", filter='title eq "x"')
    assert (answer.status, answer.body["scimType"]) == (400, "tooMany")
    narrowed = f'title eq null and id eq "{record(7).id}"'
    assert okta.done("GET", "/Users", filter=narrowed)["totalResults"] == 1
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("text", ['userName eq "alice"', 'externalId eq "1"', 'emails.value eq "a@x.example"'])
def test_a_warm_look_up_is_three_calls(okta: Provider, text: str) -> None:
    """What an identity provider asks before everything else; whoever is protected costs nothing more."""
    world = okta.world
    okta.user("alice", externalId="1", emails=[{"value": "a@x.example"}])
    world.env["IM_ACCESS_PROTECTED_USERS"] = "root, 100000009999"
    warm = world.process()
    for calls in (4, 3):
        answer = world.invoke("scim", world.scim("GET", "/Users", query={"filter": text}), process=warm)
        assert answer.body["totalResults"] == 1
        assert len(world.calls) == calls


@pytest.mark.parametrize("known", [True, False], ids=["restored", "made"])
def test_groups_change_while_somebody_is_opened(okta: Provider, known: bool) -> None:
    """Between what the groups give and its being written down: in the end the groups are right."""
    world = okta.world
    alice = okta.user("alice", active=known)["id"]
    okta.members(READ, "add", alice)
    world.clock.advance(120)
    if known:
        okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": False}})
        world.clock.advance(120)

    def others(*_: object) -> None:
        okta.members(READ, "remove", alice)
        okta.members(FULL, "add", alice)

    world.at(others, action="PutObject", call=2)
    okta.patch(f"/Users/{alice}", {"op": "replace", "value": {"active": True}})
    for _ in range(6):
        if okta.due():
            okta.sweep()
    assert okta.due() == []
    assert world.cloud.cam.attached("alice") == [FULL]


def test_who_changes_from_one_group_to_another_of_the_same_policy_keeps_it(okta: Provider) -> None:
    """Also where both are changed at once, and the second group is written after the first has been looked at."""
    world = okta.world
    world.env["IM_ACCESS_SCIM_GROUPS"] = f"Readers={READ}"
    alice = okta.user("alice")["id"]
    okta.members(READ, "add", alice)
    path = f"/Groups/{okta.group('Readers')['id']}"
    # The second object of the change is the group itself; the first is the note of it.
    world.at(lambda *_: okta.members(READ, "remove", alice), action="PutObject", call=2)
    okta.patch(path, {"op": "add", "path": "members", "value": [{"value": alice}]})
    assert world.cloud.cam.attached("alice") == [READ]
    assert okta.due() == []


def test_a_clock_that_is_behind_takes_nothing_away(okta: Provider) -> None:
    """Somebody is put into a second group of the policy while the first lets go of it, by an instance 30 s behind."""
    world = okta.world
    world.env["IM_ACCESS_SCIM_GROUPS"] = f"Readers={READ}"
    alice = okta.user("alice")["id"]
    okta.members(READ, "add", alice)
    path = f"/Groups/{okta.group('Readers')['id']}"
    world.clock.advance(120)

    def behind(*_: object) -> None:
        world.clock.advance(-30)
        add = {"Operations": [{"op": "add", "path": "members", "value": [{"value": alice}]}]}
        assert okta.ask("PATCH", path, add).status == 200
        world.clock.advance(30)

    first = okta.group(READ)["id"]
    world.at(behind, action="DetachUserPolicy")
    okta.patch(f"/Groups/{first}", {"op": "remove", "path": f'members[value eq "{alice}"]'})
    assert world.cloud.cam.attached("alice") == [READ]
