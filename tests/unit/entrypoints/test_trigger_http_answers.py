"""HTTP answers, to the letter."""

import json
from typing import Any

import pytest

from shared.commands.changed import Changed
from shared.commands.command import Command
from shared.commands.create_user import Created
from shared.commands.result import PolicyOutcome, UserRef, describe
from shared.credentials.link import Link
from shared.entrypoints import responses
from shared.errors import MEANINGS, CloudError, Conflict, ImAccessError, Rejected, Unavailable
from shared.idempotency.request import Request
from shared.secret import Secret
from tests.fakes import Done
from tests.unit.entrypoints.fakes import FakeFunction, command, failing, http_event, send, signed_event

USER = UserRef(name="alice", uin=100000000002)
CREATED = Created(user=USER, policies=["A", "B"], login_url="https://login", file="credentials/x.csv")
LINK = Link(Secret("https://bucket/x.csv?q-sign=1"), 1767323045.9)
CHANGED = Changed(status="granted", user=USER, policies=[PolicyOutcome(name="A", outcome="attached")])


def success(done: Done) -> dict[str, Any]:
    """The answer of a create or a change."""
    status = 201 if isinstance(done.result, Created) else 200
    return responses.success(status, describe(done.request_id, done.result, done.link), replayed=done.replayed)


def answer(done: Done) -> tuple[int, dict[str, Any]]:
    """Status and body."""
    whole = success(done)
    return whole["statusCode"], json.loads(whole["body"])


def test_a_created_user() -> None:
    """201, with policies as names, and the link with the moment at which it dies, rounded down."""
    assert answer(Done("req_1", CREATED, replayed=False, link=LINK)) == (
        201,
        {
            "request_id": "req_1",
            "status": "created",
            "user": {"name": "alice", "uin": 100000000002},
            "policies": ["A", "B"],
            "login_url": "https://login",
            "credentials": {"url": "https://bucket/x.csv?q-sign=1", "expires_at": "2026-01-02T03:04:05Z"},
        },
    )


def test_a_created_user_without_a_link_or_console() -> None:
    """Where the answer may carry no link, `credentials` is null; so is `login_url` without console login."""
    _, body = answer(Done("req_1", CREATED.model_copy(update={"login_url": None}), replayed=False))
    assert body["credentials"] is None
    assert body["login_url"] is None
    assert "file" not in body


def test_a_replayed_create() -> None:
    """A repeated create is answered 200 with the same body and `replayed`."""
    first = answer(Done("req_1", CREATED, replayed=False, link=LINK))[1]
    assert answer(Done("req_1", CREATED, replayed=True, link=LINK)) == (200, first | {"replayed": True})


def test_a_change() -> None:
    """200, with each policy's outcome; `replayed` only where it is true."""
    body = {
        "request_id": "req_1",
        "status": "granted",
        "user": {"name": "alice", "uin": 100000000002},
        "policies": [{"name": "A", "outcome": "attached"}],
    }
    assert answer(Done("req_1", CHANGED, replayed=False)) == (200, body)
    assert answer(Done("req_1", CHANGED, replayed=True)) == (200, body | {"replayed": True})


def test_an_unknown_user_has_no_uin() -> None:
    """A revoke for a user that does not exist answers null there."""
    unknown = Changed(status="unchanged", user=UserRef(name="nobody", uin=None), policies=[])
    assert answer(Done("req_1", unknown, replayed=False))[1]["user"] == {"name": "nobody", "uin": None}


def test_the_envelope_of_an_answer() -> None:
    """A real boolean, a whole number and texts, in ASCII, never cached and never sniffed."""
    whole = success(Done("req_ä", CHANGED, replayed=False))
    assert whole["isBase64Encoded"] is False
    assert type(whole["statusCode"]) is int
    assert whole["headers"] == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert whole["body"].isascii()


@pytest.mark.parametrize("code", MEANINGS)
def test_every_error_is_a_problem(code: str) -> None:
    """RFC 9457 with the table's status and title, the error's detail, its code and the request's id."""
    whole = responses.problem(ImAccessError(code, "what happened"), "req_1")
    assert whole["statusCode"] == MEANINGS[code].status
    assert whole["headers"]["Content-Type"] == "application/problem+json"
    assert json.loads(whole["body"]) == {
        "type": f"urn:im-access:problem:{code}",
        "title": MEANINGS[code].title,
        "status": MEANINGS[code].status,
        "detail": "what happened",
        "code": code,
        "request_id": "req_1",
    }


@pytest.mark.parametrize(("seconds", "header"), [(1, "1"), (7, "7"), (0, "1"), (0.2, "1"), (2.1, "3"), (-5, "1")])
def test_retry_after_is_whole_seconds(seconds: float, header: str) -> None:
    """Retry-After is in whole seconds, rounded up and at least 1."""
    error = ImAccessError("in_progress", retry_after=seconds)  # type: ignore[arg-type]
    assert responses.problem(error, "")["headers"]["Retry-After"] == header


def test_only_who_may_retry_is_told_when() -> None:
    """A 503 always says when; a 409 says so while in progress and does not when the name is taken."""
    assert "Retry-After" in responses.problem(ImAccessError("user_quota"), "")["headers"]
    assert "Retry-After" in responses.problem(Unavailable(), "")["headers"]
    assert "Retry-After" in responses.problem(Conflict("in_progress", retry_after=3), "")["headers"]
    assert "Retry-After" not in responses.problem(Conflict("user_exists"), "")["headers"]
    assert "Retry-After" not in responses.problem(Rejected("unauthorized"), "")["headers"]


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Rejected("user_not_found"), 404, "user_not_found"),
        (Conflict("user_exists"), 409, "user_exists"),
        (Conflict("in_progress", retry_after=5), 409, "in_progress"),
        (Conflict("credentials_gone"), 410, "credentials_gone"),
        (Rejected("identity_reused"), 422, "identity_reused"),
        (ImAccessError("policy_missing"), 500, "policy_missing"),
        (CloudError("cam:AddUser", "FailedOperation"), 502, "cloud_error"),
        (Unavailable(), 503, "cloud_unavailable"),
    ],
)
def test_what_the_work_ends_in_reaches_the_caller(error: Exception, status: int, code: str) -> None:
    """The errors of the operation itself become problems that carry the request's own id."""
    door = FakeFunction(perform=failing({"alice": error}))
    answered, body, _ = send(door, signed_event(command()))
    assert (answered, body["code"], body["request_id"]) == (status, code, door.performed[0].id)


def test_one_line_is_logged_per_request_and_holds_no_link() -> None:
    """The log has the request's id and outcome; the link is in the answer alone."""

    def create(request: Request[Command]) -> Done:
        return Done(request.id, CREATED, replayed=False, link=LINK)

    door = FakeFunction("create_user", perform=create)
    _, body, _ = send(door, signed_event(command()))
    assert body["credentials"]["url"] == LINK.url.reveal()
    told = {"request_id": body["request_id"], "status": 201, "replayed": False, "command": "imaccess.user.create"}
    spent = {"user": "alice", "result": "created", "milliseconds": 0, "calls": 0, "throttled": 0}
    assert door.lines == [{"event": "answered", "level": "info"} | told | spent]


def test_a_refusal_is_logged_at_its_level() -> None:
    """A refusal is logged at the level of its code, with status, code and detail."""
    door = FakeFunction()
    send(door, http_event(command()))
    [line] = door.lines
    assert (line["event"], line["level"], line["status"], line["code"]) == ("refused", "warning", 401, "unauthorized")
