"""This version reads what the version before it wrote: it replays finished requests, finishes unfinished ones, and
leaves what it cannot read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.idempotency.stored_attempts import VERSION
from tests.golden.account import Golden, newest, read, restored, taken
from tests.golden.making import DAY, DIES, PAGE, REQUESTS, batch, early, make, sent
from tests.world import FULL, READ, World

ROOT = Path(__file__).resolve().parents[2]

TOGETHER = (
    ("requests",),
    ("lives", "ledger"),
    ("attempts", "claims", "dead-letters", "deletions", "outbox", "overlaps", "untils"),
    ("inbox", "people", "rules", "scim"),
)
"""Kinds whose records are read. Of the others the name says everything, or they are only a note to oneself."""


@pytest.fixture(scope="module")
def golden() -> Golden:
    """The newest bucket."""
    return read(newest())


@pytest.fixture(scope="module")
def own() -> Iterator[World]:
    """A world whose clock is not ahead of the bucket's."""
    with World() as made:
        yield made


UNMADE = ("unclaimed/<hash>-warned.json", "housekeeping/<nonce>-told.json")
"""Two that only say to ourselves that something was told: reading none of them tells it once more."""


def kinds() -> list[str]:
    """The forms of object keys, from the one place that names them all."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`[a-z-]+/[^|]+) \|", page.partition("## Where things live")[2], re.MULTILINE)
    return [form for row in rows for form in _forms(re.findall("`([^`]+)`", row))]


def _forms(spans: list[str]) -> list[str]:
    """A cell's forms: what follows the first may be the rest of it, with another end."""
    first = spans[0]
    ends = {"-": first.rpartition("-")[0] if first.count("-") else first, "…": first.removesuffix(".json")}
    if first.startswith("housekeeping/"):
        ends["-"] = first.removesuffix(".json")
    return [first, *(ends[one[0]] + one.lstrip("…") if one[0] in ends else one for one in spans[1:])]


def pattern(form: str) -> re.Pattern[str]:
    """What keys of a form look like."""
    parts = re.split(r"(<[^>]+>|…)", form)
    return re.compile(
        "".join(".*" if part == "…" else "[^/]+" if part[:1] == "<" else re.escape(part) for part in parts)
    )


def test_it_holds_every_kind(golden: Golden) -> None:
    """Each form of an object is in the bucket that the next version has to read, and each object is of a form that is
    named; a new kind is a story of tests/golden/making.py, and is written by `python -m tools.golden`.
    """
    forms = [form for form in kinds() if form not in UNMADE]
    assert len(forms) > 40
    missing = [form for form in forms if not any(pattern(form).fullmatch(key) for key in golden["objects"])]
    assert not missing
    unnamed = [key for key in golden["objects"] if not any(pattern(form).fullmatch(key) for form in forms)]
    assert not unnamed


def later(objects: dict[str, Any]) -> dict[str, Any]:
    """With a member in each record that this version does not know."""

    def added(body: str) -> str:
        try:
            told = json.loads(body)
        except ValueError:
            return body
        return json.dumps(told | {"later": {"than": "this"}}) if isinstance(told, dict) else body

    return {key: one | {"body": added(one["body"])} for key, one in objects.items()}


@pytest.mark.parametrize("members", ["known", "more", "own"])
def test_finished_stays_and_half_done_is_finished(own: World, golden: Golden, members: str) -> None:
    """By their own senders, who come back; then what is due is done in its time. So it is with the bucket that
    `python -m tools.golden` would write now.
    """
    if members == "own":
        own.reset()
        make(own)
        golden = json.loads(json.dumps(taken(own)))
    elif members == "more":
        golden = golden | {"objects": later(golden["objects"])}
    restored(own, golden)
    before = {name: user.uin for name, user in own.cloud.cam.users.items()}
    own.clock.advance(60)
    for name, (function, command) in REQUESTS.items():
        answer = own.redeliver_until_answer(function, own.http(function, command, id=name))
        assert answer.status in (200, 201), (name, answer)
        assert answer.body.get("replayed", False) is (name not in DIES), name
    assert {name: before[name] for name in ("alice", "bob", "carl")} == {
        name: own.cloud.cam.users[name].uin for name in ("alice", "bob", "carl")
    }
    assert own.invoke("grant_policy", batch(own)).body["replayed"] == 1
    assert sent(own, "kim", "create_user", {"user": "kim", "policies": [READ]}).status == 201
    for hours in (1, 1, 24, 48):
        own.clock.advance(3600 * hours)
        assert own.invoke("sweep", own.timer()).error is None
    cam = own.cloud.cam
    assert cam.attached("alice") == [FULL, READ]
    # What had come early for kim was for somebody who had the name before.
    assert cam.attached("bob") == cam.attached("carl") == cam.attached("kim") == [READ]
    assert cam.attached("eve") == cam.attached("gus") == cam.attached("oli") == []
    assert "fay" not in cam.users
    # Whom HR and the identity provider had told of, and what had been begun for them.
    assert cam.attached("qin") == cam.attached("rui") == cam.attached("sun") == cam.attached("wen") == [READ]
    assert cam.attached("uma@example.com") == [READ]
    assert cam.users["vic@example.com"].console_login
    assert [len([key for key in cam.keys.values() if key.uin == before[name]]) for name in ("hal", "ida", "carl")] == [
        1
    ] * 3
    assert {event["data"]["user"]["name"] for _, event in own.receiver.taken} >= {"jan", "bob", "carl", "ida", "fay"}
    prefixes = {key.partition("/")[0] for key in own.cloud.cos.objects.data}
    assert not prefixes & {"open", "outbox", "overlaps", "untils"}


@pytest.mark.parametrize("kinds", TOGETHER, ids=", ".join)
def test_an_unknown_version_is_left_as_it_is(own: World, golden: Golden, kinds: tuple[str, ...]) -> None:
    """Whatever comes back and whatever is due: nothing of it is deleted or written anew, and nothing is guessed."""
    objects = dict(golden["objects"])
    unknown = [key for key in objects if key.partition("/")[0] in kinds and '"v":' in objects[key]["body"]]
    assert unknown
    for key in unknown:
        body = json.loads(objects[key]["body"]) | {"v": VERSION + 1}
        objects[key] = objects[key] | {"body": json.dumps(body)}
    restored(own, golden | {"objects": objects})
    for name, (function, command) in REQUESTS.items():
        answer = sent(own, name, function, command)
        assert answer.status in (200, 201, 409, 500, 503), (name, answer)
        if "requests" in kinds:
            assert answer.body["code"] == "record_unreadable", name
    own.invoke("grant_policy", early(own))
    for hours in (1, 24, 48):
        own.clock.advance(3600 * hours)
        own.invoke("sweep", own.timer())
    held = own.cloud.cos.objects.data
    assert {key: held[key].body.decode() for key in unknown if key in held} == {
        key: objects[key]["body"] for key in unknown
    }


def test_a_page_of_the_version_before_is_served(own: World, golden: Golden) -> None:
    """Nobody knows its tokens any more, but the sweep reads its claims, and misses those who did not come."""
    restored(own, golden)
    own.env |= PAGE
    own.clock.advance(4 * DAY)
    assert own.invoke("sweep", own.timer()).body["unclaimed"] == {"done": 1, "failed": 0, "left": 0}
