"""The page and the sweep in trouble: outages, unreadable records, events of other triggers, defects."""

from __future__ import annotations

import json

import pytest

from local.faults import Fault
from shared.errors import ImAccessError, Rejected
from shared.web import claim_pages as pages
from tests.system.delivery.stories import PAGE, created, objects, visited
from tests.world import World


def test_an_outage_uses_nothing_up(claims: World) -> None:
    """503 with Retry-After while COS is down; the same link works afterwards."""
    link = created(claims)
    claims.cloud.faults.on(service="cos", nth=None, do=Fault.DROP_BEFORE)
    for method in ("GET", "POST"):
        answer = visited(claims, method, link)
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Nothing has been used up" in answer.text
    claims.cloud.faults.clear()
    assert visited(claims, "POST", link).status == 303


def test_credentials_too_old_to_sign_use_nothing_up(claims: World) -> None:
    """Before a claim is made it is certain that its link will work."""
    link, process = created(claims, link_ttl=43200), claims.process()
    claims.invoke("claim_credentials", claims.visit("GET", link), process=process)
    claims.clock.advance(7200)
    assert claims.invoke("claim_credentials", claims.visit("POST", link), process=process).status == 503
    assert not objects(claims, "opened/")


@pytest.mark.parametrize("body", [b"", b"[]", b'{"file": 1}', b"\xff", b'{"made_at": "x", "expires_at": "y"}'])
def test_a_record_that_is_none_is_an_unknown_link(claims: World, body: bytes) -> None:
    """An unreadable object below claims/ is answered as an unknown link."""
    link = created(claims)
    for key in objects(claims, "claims/"):
        claims.cloud.cos.put(key, body, {"content-type": "application/json"}, False)
    assert visited(claims, "GET", link).status == 404


@pytest.mark.parametrize(
    "event", [{"Records": []}, {"EventList": []}, {"specversion": "1.0"}, {"Type": "Timer", "Time": "x"}]
)
def test_the_page_is_for_http_alone(claims: World, event: dict[str, object]) -> None:
    """Queues and timers are refused by a raise, as on every function."""
    assert isinstance(claims.invoke("claim_credentials", event).error, Rejected)


@pytest.mark.parametrize("event", [{}, None, [], "x", {"httpMethod": 7}, {"httpMethod": "GET", "path": None}])
def test_nonsense_is_answered(claims: World, event: object) -> None:
    """What is no HTTP request gets a page, not a traceback."""
    assert claims.invoke("claim_credentials", event).status in (404, 405)  # type: ignore[arg-type]


def test_a_defect_shows_nothing_of_itself(claims: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nobody foresaw is a page with status 500 and no word of it."""
    link = created(claims)

    def fail(*_: object) -> None:
        raise ArithmeticError("hunter2")

    monkeypatch.setattr(pages, "ready", fail)
    answer = visited(claims, "GET", link)
    assert answer.status == 500
    assert "hunter2" not in answer.text + json.dumps(answer.headers)
    assert "ArithmeticError" not in answer.text


@pytest.mark.parametrize(
    "event", [{"Records": []}, {"specversion": "1.0"}, {}, None, {"Type": "timer"}, {"Type": ["Timer"]}]
)
def test_the_sweep_is_for_timers_alone(claims: World, event: object) -> None:
    """The sweep raises for every event but a timer's, and answers an HTTP caller with a problem."""
    assert isinstance(claims.invoke("sweep", event).error, Rejected)  # type: ignore[arg-type]
    told = claims.invoke("sweep", claims.visit("POST", PAGE))
    assert (told.status, told.body["code"]) == (400, "unknown_trigger")
    assert not claims.calls


def test_a_sweep_that_cannot_run_raises(claims: World) -> None:
    """Misconfigured, or without an answer of the store: the platform tries again, and counts an error."""
    claims.env["IM_ACCESS_SWEEP"] = "sometimes"
    error = claims.invoke("sweep", claims.timer()).error
    assert isinstance(error, ImAccessError)
    assert "IM_ACCESS_SWEEP" in str(error)
    claims.env["IM_ACCESS_SWEEP"] = "warn"
    claims.cloud.faults.on(service="cos", nth=None, do=Fault.DROP_BEFORE)
    error = claims.invoke("sweep", claims.timer()).error
    assert isinstance(error, ImAccessError)
    assert error.code == "cloud_unavailable"
