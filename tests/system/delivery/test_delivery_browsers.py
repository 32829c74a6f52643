"""A file is opened by a browser, which gets it again for a minute; its second click alarms nobody."""

from __future__ import annotations

import re

import pytest
import requests

from tests.system.delivery.stories import CLAIMED, PAGE, REFUSED, cookie, created, disputed, notices, objects, visited
from tests.world import World


def shown(world: World, link: str) -> str:
    """Somebody looks at the page; the cookie of their browser."""
    return cookie(visited(world, "GET", link))


@pytest.mark.parametrize("pause", [0, 0.03, 1.5, 56])  # links end on whole seconds, and visits take time
def test_a_second_click_gets_the_file_again(claims: World, pause: float) -> None:
    """Within the minute the same browser has as many links as it presses, each of which works; one claim is told."""
    link = created(claims)
    browser = shown(claims, link)
    for _ in range(3):
        answer = visited(claims, "POST", link, cookie=browser)
        assert answer.status == 303
        assert requests.get(answer.headers["Location"], timeout=30).status_code == 200
        claims.clock.advance(pause / 2)
    assert (len(notices(claims, CLAIMED)), notices(claims, REFUSED)) == (1, [])
    assert len(objects(claims, "housekeeping/")) == 2


def test_a_link_of_a_second_click_dies_with_the_first(claims: World) -> None:
    """The minute begins with the first click, and no later click makes it longer."""
    link = created(claims)
    browser = shown(claims, link)
    visited(claims, "POST", link, cookie=browser)
    claims.clock.advance(50)
    again = visited(claims, "POST", link, cookie=browser).headers["Location"]
    claims.clock.advance(10)
    assert requests.get(again, timeout=30).status_code == 403
    late = visited(claims, "POST", link, cookie=browser)
    assert late.status == 410
    assert "You have opened this file" in late.text
    assert notices(claims, REFUSED) == []


def test_of_two_who_double_click_one_gets_the_file(claims: World) -> None:
    """Two browsers, three presses each, all at once: every press of one of them is answered with the file."""
    link = created(claims)
    browsers = [shown(claims, link) for _ in range(2)]
    visits = [claims.visit("POST", link, cookie=browser) for browser in browsers for _ in range(3)]
    answers = claims.together([("claim_credentials", visit) for visit in visits])
    statuses = [answer.status for answer in answers]
    assert sorted([set(statuses[:3]), set(statuses[3:])], key=max) == [{303}, {410}]
    assert (len(notices(claims, CLAIMED)), len(notices(claims, REFUSED))) == (1, 1)


def test_two_windows_are_one_person_and_another_browser_is_another(claims: World) -> None:
    """A known browser keeps its cookie when the page is shown again; whoever else has the address is refused."""
    link = created(claims)
    browser = shown(claims, link)
    assert "Set-Cookie" not in visited(claims, "GET", link, cookie=f"a=b; {browser}; c=d").headers
    assert visited(claims, "POST", link, cookie=browser).status == 303
    assert visited(claims, "POST", link, cookie=shown(claims, created(claims, "bob"))).status == 410
    again = visited(claims, "GET", link, cookie=browser)
    assert again.status == 410
    assert "Download it again" in again.text
    assert "Download it again" not in visited(claims, "GET", link).text


def test_without_cookies_the_file_can_be_claimed_once(claims: World) -> None:
    """A first press without a look before it, or with cookies off, has the file; the second is somebody else's."""
    link = created(claims)
    assert [visited(claims, "POST", link).status for _ in range(3)] == [303, 410, 410]
    assert len(notices(claims, REFUSED)) == 1


def test_a_used_link_is_told_once_however_often_it_is_pressed(claims: World) -> None:
    """The first press of somebody else is told of; later ones write nothing at all."""
    link = created(claims)
    visited(claims, "POST", link)
    visited(claims, "POST", link)
    before = objects(claims)
    for _ in range(5):
        assert visited(claims, "POST", link).status == 410
    assert objects(claims) == before
    assert claims.receiver.types().count(REFUSED) == 1


def test_the_cookie_is_for_the_page_alone_and_holds_nothing(claims: World) -> None:
    """HttpOnly, Lax, random, Secure and host-only with an https page; stored is no more than a hash of it."""
    link = created(claims)
    given = visited(claims, "GET", link).headers["Set-Cookie"]
    assert re.fullmatch(
        r"__Host-im-access=[\w-]{43}; Path=/; Secure; Max-Age=86400; HttpOnly; SameSite=Lax", given, re.ASCII
    )
    browser = given.partition(";")[0]
    assert browser != shown(claims, link)
    visited(claims, "POST", link, cookie=browser)
    value = browser.partition("=")[2].encode()
    assert not any(value in body for body in objects(claims).values())
    assert "Set-Cookie" not in visited(claims, "HEAD", link).headers


def test_a_page_without_tls_has_a_cookie_of_its_path(claims: World) -> None:
    """On loopback there is neither Secure nor Strict-Transport-Security, whatever a header says."""
    claims.env["IM_ACCESS_CLAIM_URL"] = "http://127.0.0.1:8080/claim_credentials"
    answer = visited(claims, "GET", created(claims), x_forwarded_proto="https")
    assert "; Path=/claim_credentials; Max-Age" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers


def test_an_https_page_demands_tls_in_every_answer(claims: World) -> None:
    """Every answer of a page on https has Strict-Transport-Security, whatever its status."""
    link = created(claims)
    answers = [visited(claims, method, link) for method in ("GET", "HEAD", "PUT", "POST", "POST")]
    answers += [disputed(claims, link), visited(claims, "GET", PAGE)]
    claims.cloud.cos.versioning = "Enabled"
    answers.append(visited(claims, "POST", link))
    assert [answer.status for answer in answers] == [200, 200, 405, 303, 410, 200, 404, 500]
    assert {answer.headers["Strict-Transport-Security"] for answer in answers} == {"max-age=31536000"}


@pytest.mark.parametrize("sent", ["", "__Host-im-access=x", "x__Host-im-access=" + "A" * 43, "=;;"])
def test_a_cookie_that_is_none_is_nobody(claims: World, sent: str) -> None:
    """It is replaced where the page is shown, and opens nothing twice."""
    link = created(claims)
    assert "Set-Cookie" in visited(claims, "GET", link, cookie=sent).headers
    assert [visited(claims, "POST", link, cookie=sent).status for _ in range(2)] == [303, 410]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 12))
def test_a_click_that_dies_is_followed_by_one_that_works(claims: World, call: int, when: str) -> None:
    """Killed at any call, the same browser presses again: it has the file, one claim is told, and nothing is left."""
    link = created(claims)
    browser = shown(claims, link)
    claims.kill(call=call, when=when)
    visited(claims, "POST", link, cookie=browser)
    answer = visited(claims, "POST", link, cookie=browser)
    assert answer.status == 303
    assert requests.get(answer.headers["Location"], timeout=30).status_code == 200
    claims.clock.advance(120)
    for _ in range(3):
        visited(claims, "GET", link)
    assert (len(notices(claims, CLAIMED)), notices(claims, REFUSED)) == (1, [])
    assert not objects(claims, "housekeeping/") | objects(claims, "credentials/")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", range(1, 5))
def test_a_second_click_that_dies_changes_nothing(claims: World, call: int, when: str) -> None:
    """A second click only looks, so after one that dies the third finds the same."""
    link = created(claims)
    browser = shown(claims, link)
    visited(claims, "POST", link, cookie=browser)
    before = objects(claims)
    claims.kill(call=call, when=when)
    visited(claims, "POST", link, cookie=browser)
    assert objects(claims) == before
    assert visited(claims, "POST", link, cookie=browser).status == 303
