"""A later visitor sees who was first, and can report with one press that it was not them."""

from __future__ import annotations

import json

import pytest

from tests.system.delivery.stories import CLAIMED, DISPUTED, HOUR, REFUSED, created, disputed, notices, objects, visited
from tests.system.delivery.test_delivery_browsers import shown
from tests.world import World


@pytest.mark.parametrize("pause", [1, 2 * HOUR, 24 * HOUR])
def test_a_thief_who_is_first_is_noticed(claims: World, pause: float) -> None:
    """Also after the link has ended the person sees when and from where, and a button; looking tells nobody."""
    link = created(claims)
    visited(claims, "POST", link, x_scf_remote_addr="198.51.100.66:1")
    (first,) = notices(claims, CLAIMED)
    claims.clock.advance(pause)
    answer = visited(claims, "GET", link)
    assert answer.status == 410
    assert "198.51.100.66" in answer.text
    assert first["at"] in answer.text
    assert 'name="answer" value="not-me"' in answer.text
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert claims.receiver.types().count(DISPUTED) == claims.receiver.types().count(REFUSED) == 0


def test_it_was_not_me_is_told_once(claims: World) -> None:
    """However often it is pressed, from whichever link and browser; the file is gone at once."""
    link = created(claims)
    (told,) = notices(claims, "imaccess.user.created")
    thief = shown(claims, link)
    visited(claims, "POST", link, x_scf_remote_addr="198.51.100.66:1", cookie=thief)
    for url in (link, told["credentials"]["url"], link):
        answer = disputed(claims, url)
        assert answer.status in (200, 410)
        assert "It has been reported" in answer.text
    (notice,) = notices(claims, DISPUTED)
    assert (notice["address"], notice["first"]["address"]) == ("203.0.113.7", "198.51.100.66")
    assert (notice["user"]["name"], notice["first"]["by"]) == ("alice", "person")
    assert claims.receiver.types().count(DISPUTED) == 1
    assert not objects(claims, "credentials/")
    assert visited(claims, "POST", link, cookie=thief).status == 410
    assert "It has been reported" in visited(claims, "GET", link).text


def test_pressed_twice_at_once_it_is_told_once(claims: World) -> None:
    """By whoever comes first to be recorded; the other tells nothing, in whichever invocation it ends."""
    link = created(claims)
    visited(claims, "POST", link)
    claims.at(lambda *_: disputed(claims, link), action="PutObject", call=2)
    disputed(claims, link)
    claims.clock.advance(60)
    claims.invoke("sweep", claims.timer())
    assert claims.receiver.types().count(DISPUTED) == 1


def test_a_dispute_is_a_warning_in_the_log(claims: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Level warning, with what was disputed; a look at the page is none."""
    link = created(claims)
    visited(claims, "POST", link)
    claims.env["IM_ACCESS_LOG_LEVEL"] = "INFO"
    capsys.readouterr()
    visited(claims, "GET", link)
    disputed(claims, link)
    look, dispute = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert look["level"] == "info"
    assert (dispute["level"], dispute["outcome"], dispute["opened_from"]) == ("warning", "disputed", "203.0.113.7")


def test_nothing_is_disputed_that_nobody_opened(claims: World) -> None:
    """The button's form changes nothing on a link that is still good, and does not open it; a dead one stays dead."""
    link = created(claims)
    before = objects(claims)
    assert disputed(claims, link).status == 200
    assert objects(claims) == before
    assert visited(claims, "POST", link).status == 303
    dead = created(claims, "bob", link_ttl=60)
    claims.clock.advance(60)
    assert disputed(claims, dead).status == 404
    assert notices(claims, DISPUTED) == []


def test_a_form_with_other_words_disputes_nothing(claims: World) -> None:
    """Only a form with the button's own answer is a dispute."""
    link = created(claims)
    visited(claims, "POST", link)
    for body in ("answer=me", "x=not-me", "", "&" * 5000, "\xff", "answer"):
        claims.invoke("claim_credentials", claims.visit("POST", link) | {"body": body})
    assert notices(claims, DISPUTED) == []
    encoded = claims.visit("POST", link) | {"body": "YW5zd2VyPW5vdC1tZQ==", "isBase64Encoded": True}
    assert claims.invoke("claim_credentials", encoded).status == 200
    assert len(notices(claims, DISPUTED)) == 1


def test_a_dispute_waits_for_a_receiver_that_was_down(claims: World) -> None:
    """Where the receiver is down the visitor gets the same answer, and a later visit sends the notification."""
    link = created(claims)
    visited(claims, "POST", link)
    url, claims.env["IM_ACCESS_NOTIFY_URL"] = claims.env["IM_ACCESS_NOTIFY_URL"], claims.cloud.cos_url
    assert disputed(claims, link).status == 200
    claims.env["IM_ACCESS_NOTIFY_URL"] = url
    claims.clock.advance(10)
    for _ in range(2):
        visited(claims, "GET", link)
    assert claims.receiver.types().count(DISPUTED) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 12))
def test_a_dispute_that_dies_is_finished(claims: World, call: int, when: str) -> None:
    """Killed at any call, and pressed again or not: it is told under one id, and nothing is left to do."""
    link = created(claims)
    visited(claims, "POST", link)
    claims.kill(call=call, when=when)
    died = disputed(claims, link).killed
    on_record = any(b'"dispute"' in body for body in objects(claims, "housekeeping/").values())
    if died and not on_record and not objects(claims, "disputes/"):
        assert disputed(claims, link).status == 200
    claims.clock.advance(120)
    for _ in range(3):
        visited(claims, "GET", link)
    assert len(notices(claims, DISPUTED)) == 1
    assert len(objects(claims, "disputes/")) == 1
    assert not objects(claims, "housekeeping/") | objects(claims, "credentials/")


@pytest.mark.parametrize("version", [2, "1", True, None])
@pytest.mark.parametrize("prefix", ["claims/", "opened/", "housekeeping/", "disputes/"])
def test_a_record_of_an_unknown_version_is_left_as_it_is(claims: World, prefix: str, version: object) -> None:
    """A problem page where it is needed, never a guess; neither the page nor the sweep deletes or changes it."""
    link = created(claims)
    visited(claims, "POST", link)
    disputed(claims, link)
    later = b'{"v": 2}' if prefix == "housekeeping/" else b""
    for key, body in objects(claims, prefix).items():
        changed = json.dumps(json.loads(body) | {"v": version}).encode()
        claims.cloud.cos.put(key, changed, {"content-type": "application/json"}, False)
    if later:
        claims.cloud.cos.put("housekeeping/later.json", later, {"content-type": "application/json"}, False)
    claims.clock.advance(90)
    before = objects(claims, prefix)
    answers = [visited(claims, "GET", link), visited(claims, "POST", link)]
    claims.clock.advance(100 * HOUR)
    assert claims.invoke("sweep", claims.timer()).error is None
    assert {answer.status for answer in answers} == ({410} if prefix == "housekeeping/" else {500})
    assert objects(claims, prefix) == before


@pytest.mark.parametrize("prefix", ["claims/", "opened/", "housekeeping/", "disputes/"])
def test_unknown_members_are_ignored(claims: World, prefix: str) -> None:
    """What a later release adds to this version's records does no harm."""
    link = created(claims)
    browser = shown(claims, link)
    visited(claims, "POST", link, cookie=browser)
    disputed(claims, link)
    for key, body in objects(claims, prefix).items():
        changed = json.dumps(json.loads(body) | {"colour": {"deep": ["blue"]}}).encode()
        claims.cloud.cos.put(key, changed, {"content-type": "application/json"}, False)
    claims.clock.advance(90)
    assert "It has been reported" in visited(claims, "GET", link).text
    assert not objects(claims, "housekeeping/") | objects(claims, "credentials/")
