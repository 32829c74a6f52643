"""The credentials page: looking changes nothing, one claim wins, every other one learns of it."""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from shared.deadline import Deadline
from shared.notifications.notification import Notification
from shared.notifications.webhook import WebhookNotifier
from tests.system.delivery.stories import CLAIMED, PAGE, REFUSED, created, notices, objects, visited
from tests.world import READ, World

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def test_the_link_is_the_page_with_a_token(claims: World) -> None:
    """Answer and notification each have a link of their own, whose token is stored nowhere."""
    link = created(claims)
    (told,) = notices(claims, "imaccess.user.created")
    tokens = [url.removeprefix(f"{PAGE}/") for url in (link, told["credentials"]["url"])]
    assert all(TOKEN.fullmatch(token) for token in tokens)
    assert tokens[0] != tokens[1]
    hashes = {f"claims/{hashlib.sha256(token.encode()).hexdigest()}.json" for token in tokens}
    assert set(objects(claims, "claims/")) == hashes
    assert not any(token.encode() in body for body in objects(claims).values() for token in tokens)


def test_a_claim_says_for_whom_and_until_when(claims: World) -> None:
    """The record behind a token: file, user, request and times, and nothing that opens anything."""
    created(claims, link_ttl=43200)
    told = [json.loads(body) for body in objects(claims, "claims/").values()]
    assert {tuple(sorted(one)) for one in told} == {
        ("digest", "expires_at", "file", "key_kind", "made_at", "request_id", "uin", "user", "v")
    }
    assert {one["user"] for one in told} == {"alice"}


def test_a_link_outlives_the_functions_credentials(claims: World) -> None:
    """Twelve hours are promised and kept, though the credentials that sign are trusted for one."""
    claims.env["IM_ACCESS_CREDENTIAL_LIFETIME"] = "3600"
    link = created(claims, link_ttl=43200)
    claims.clock.advance(43000)
    answer = visited(claims, "POST", link)
    assert answer.status == 303
    assert requests.get(answer.headers["Location"], timeout=30).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_scanners_burn_nothing(claims: World, method: str) -> None:
    """A preview, a mail scanner and a prefetch look twice each: nothing is changed, and the person gets the file."""
    link = created(claims)
    before = objects(claims)
    headers: tuple[dict[str, str], ...] = (
        {},
        {"user_agent": "Slackbot-LinkExpanding 1.0"},
        {"sec_purpose": "prefetch;prerender"},
    )
    for sent in headers * 2:
        answer = visited(claims, method, link, **sent)
        assert answer.status == 200
        assert bool(answer.text) is (method == "GET")
        assert all(call.action in ("GetObject", "ListObjects") for call in claims.calls)
        assert len(claims.calls) <= 3
    assert objects(claims) == before
    assert visited(claims, "POST", link).status == 303


def test_the_winner_gets_the_file_for_a_minute(claims: World) -> None:
    """303 to a link that downloads what CAM has, and dies after 60 seconds."""
    answer = visited(claims, "POST", created(claims))
    assert (answer.status, answer.text) == (303, "")
    state = claims.end_state("alice")
    state.assert_access()
    state.assert_link(answer.headers["Location"])
    claims.clock.advance(61)
    assert requests.get(answer.headers["Location"], timeout=30).status_code == 403


def test_the_second_claim_says_when_and_from_where(claims: World) -> None:
    """410 with the first opening's time and address, whichever of the links is used; the first of them is notified."""
    link = created(claims)
    (told,) = notices(claims, "imaccess.user.created")
    visited(claims, "POST", link)
    (first,) = notices(claims, CLAIMED)
    claims.clock.advance(90)
    for other in (link, told["credentials"]["url"]):
        answer = visited(claims, "POST", other, x_scf_remote_addr="[2001:db8::66]:443")
        assert answer.status == 410
        assert "203.0.113.7" in answer.text
        assert first["at"] in answer.text
        assert "must be replaced" in answer.text
    refused = notices(claims, REFUSED)
    assert [(one["address"], one["first"]["address"]) for one in refused] == [("2001:db8::66", "203.0.113.7")]
    assert first["address"] == "203.0.113.7"
    assert first["user"]["name"] == "alice"
    assert visited(claims, "GET", link).status == 410


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_wrong_malformed_and_expired_are_one_answer(claims: World, method: str) -> None:
    """The same status, headers and bytes, so that nobody learns that a token was right once."""
    link = created(claims, link_ttl=60)
    claims.clock.advance(60)
    others = [link[:-1] + ("A" if link[-1] != "A" else "B"), link[:-1], f"{PAGE}/", PAGE, f"{link}%00", f"{PAGE}/../x"]
    answers = [visited(claims, method, url) for url in (link, *others)]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len({json.dumps(answer.headers, sort_keys=True) for answer in answers}) == 1
    assert not objects(claims, "opened/")


def test_a_file_that_is_gone_is_like_an_expired_link(claims: World) -> None:
    """Where the file is gone the page answers as for an expired link, and records no claim."""
    link = created(claims)
    for key in objects(claims, "credentials/"):
        claims.cloud.cos.delete(key)
    lost = visited(claims, "POST", PAGE + "/" + "A" * 43)
    answer = visited(claims, "POST", link)
    assert (answer.status, answer.text) == (404, lost.text)
    assert not objects(claims, "opened/")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "BREW", ""])
def test_other_methods_are_not_allowed(claims: World, method: str) -> None:
    """Another method is answered 405 with those that are allowed, without any call."""
    answer = visited(claims, method, created(claims))
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert not claims.calls


def test_exactly_one_of_many_wins(claims: World) -> None:
    """Twelve claims at one moment through two links: one file, eleven refusals, the first of which is notified."""
    link = created(claims)
    (told,) = notices(claims, "imaccess.user.created")
    visits = [claims.visit("POST", url) for url in (link, told["credentials"]["url"])] * 6
    answers = claims.together([("claim_credentials", visit) for visit in visits])
    assert sorted(answer.status for answer in answers) == [303] + [410] * 11
    assert (len(notices(claims, CLAIMED)), len(notices(claims, REFUSED))) == (1, 1)


def test_a_replay_before_the_claim_has_a_fresh_token(claims: World) -> None:
    """The same request again answers with another link to the same file."""
    first = created(claims)
    event = claims.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice")
    replay = claims.invoke("create_user", event)
    assert replay.status == 200
    assert replay.body["replayed"] is True
    assert replay.body["credentials"]["url"] != first
    assert visited(claims, "POST", replay.body["credentials"]["url"]).status == 303
    assert visited(claims, "POST", first).status == 410


@pytest.mark.parametrize("wait", [0, 70])
def test_a_replay_after_the_claim_is_gone(claims: World, wait: float) -> None:
    """A repetition after the file was claimed or deleted is answered 410, as the contract says."""
    link = created(claims)
    assert visited(claims, "POST", link).status == 303
    claims.clock.advance(wait)
    visited(claims, "GET", link)
    event = claims.http("create_user", {"user": "alice", "policies": [READ]}, id="create alice")
    answer = claims.invoke("create_user", event)
    assert (answer.status, answer.body["code"]) == (410, "credentials_gone")


def test_the_next_invocation_deletes_the_file(claims: World) -> None:
    """Not before the link has died, and soon after; then nothing is left to do."""
    link = created(claims)
    visited(claims, "POST", link)
    for seconds, files in ((30, 1), (29, 1), (3, 0)):
        claims.clock.advance(seconds)
        visited(claims, "GET", link)
        assert len(objects(claims, "credentials/")) == files
    assert not objects(claims, "housekeeping/")


def test_housekeeping_is_bounded(claims: World) -> None:
    """A visitor waits for at most three earlier attempts that are finished first."""
    links = [created(claims, f"user{n}") for n in range(5)]
    for link in links:
        visited(claims, "POST", link)
    claims.clock.advance(70)
    for left in (2, 0):
        visited(claims, "HEAD", links[0])
        assert len(objects(claims, "credentials/")) == left


def test_an_interception_is_notified_though_the_receiver_was_down(claims: World) -> None:
    """The person gets the file whatever the receiver does; what is due is sent by the next invocation, once each."""
    link = created(claims)
    url, claims.env["IM_ACCESS_NOTIFY_URL"] = claims.env["IM_ACCESS_NOTIFY_URL"], claims.cloud.cos_url
    assert [visited(claims, "POST", link).status for _ in range(2)] == [303, 410]
    assert not notices(claims, CLAIMED) + notices(claims, REFUSED)
    claims.env["IM_ACCESS_NOTIFY_URL"] = url
    claims.clock.advance(10)
    for _ in range(2):
        visited(claims, "GET", link)
    assert claims.receiver.types().count(CLAIMED) == 1
    assert claims.receiver.types().count(REFUSED) == 1


def test_the_person_waits_two_seconds_for_the_receiver(claims: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever should be told has less time than the invocation, so that a slow receiver does not cost the answer."""
    left: list[float] = []
    tell = WebhookNotifier.send

    def timed(notifier: WebhookNotifier, function: str, notice: Notification, deadline: Deadline) -> None:
        left.append(deadline.ends_at - deadline.clock.now())
        tell(notifier, function, notice, deadline)

    link = created(claims)
    monkeypatch.setattr(WebhookNotifier, "send", timed)
    assert visited(claims, "POST", link).status == 303
    assert left == [pytest.approx(2.0, abs=0.01)]


def test_nobody_needs_to_be_notified(claims: World) -> None:
    """Without a receiver the page works, and leaves nothing behind."""
    del claims.env["IM_ACCESS_NOTIFY_URL"]
    link = created(claims)
    assert [visited(claims, "POST", link).status for _ in range(2)] == [303, 410]
    claims.clock.advance(70)
    visited(claims, "GET", link)
    assert not objects(claims, "housekeeping/")
    assert not objects(claims, "credentials/")


def test_a_bucket_with_versions_is_no_place_for_claims(claims: World) -> None:
    """Where create-only does not hold, nobody could tell who was first: 500, and nothing is claimed."""
    link = created(claims)
    claims.cloud.cos.versioning = "Enabled"
    assert visited(claims, "POST", link).status == 500
    assert not objects(claims, "opened/")


def test_one_warm_instance_tells_its_visitors_apart(claims: World) -> None:
    """Claims from two threads of one warm instance are two attempts."""
    link, process, start = created(claims), claims.process(), Barrier(2)

    def one(_: int) -> int:
        start.wait()
        return claims.invoke("claim_credentials", claims.visit("POST", link), process=process).status

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [303, 410]
