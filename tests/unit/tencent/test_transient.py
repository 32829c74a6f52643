"""Temporary answers of the cloud are not taken as final, and only an explicit conflict is taken as one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.deadline import Deadline
from shared.errors import CloudError, OutcomeUnknown, Unavailable
from shared.ports import UnknownAction
from shared.secret import Secret
from shared.tencent.api import Api
from shared.tencent.cos import Cos
from shared.tencent.http import Answer, Call, Http, Limits, NoAnswer, NotSent
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.role_credentials import RoleCredentials
from tests.processes import WorldClock

CREDENTIALS = RoleCredentials("AKID", Secret("key"), Secret("token"))
Says = Callable[[Call], Answer]


class Told(Http):
    """A client whose service says one thing after the other, the last one for ever."""

    def __init__(self, *says: Answer | Exception) -> None:
        super().__init__()
        self._says = list(says)
        self.calls: list[str] = []

    def send(self, call: Call, limits: Limits) -> Answer:  # noqa: ARG002 - nothing is late here
        """The next answer."""
        self.calls.append(call.method)
        said = self._says.pop(0) if len(self._says) > 1 else self._says[0]
        if isinstance(said, Exception):
            raise said
        return said


def cos(http: Http) -> Cos:
    """A bucket, for half a minute."""
    return Cos(
        http, CREDENTIALS, "b-1250000000", "ap-guangzhou", None, Deadline(WorldClock(1_790_000_000.0), 1_790_000_030.0)
    )


def api(http: Http) -> Api:
    """CAM, for half a minute."""
    deadline = Deadline(WorldClock(1_790_000_000.0), 1_790_000_030.0)
    return Api(http, CREDENTIALS, "ap-guangzhou", None, deadline, RateLimiter())


def response(**told: Any) -> Answer:  # noqa: ANN401 - JSON
    """An answer of API 3.0."""
    return Answer(200, {}, json.dumps({"Response": {**told, "RequestId": "r"}}).encode())


def error(code: str) -> Answer:
    """An error of API 3.0."""
    return response(Error={"Code": code, "Message": ""})


def refused(status: int, code: str = "") -> Answer:
    """An error of COS."""
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message/></Error>" if code else ""
    return Answer(status, {}, body.encode())


def found(body: bytes, *, etag: bool = True) -> Answer:
    """An object, or the answer to a write."""
    return Answer(200, {"ETag": '"1"'} if etag else {}, body)


WRITTEN = found(b"")
ABSENT = refused(404, "NoSuchKey")
API_CODES = [
    *("InternalError", "InternalError.SystemError", "InternalError.GetSeedTokenError", "InternalErrorOfSomeKind"),
    *("ServiceUnavailable", "ServiceUnavailable.Busy", "ResourceUnavailable", "ResourceUnavailable.Region"),
]
COS_ERRORS = [
    *((500, "InternalError"), (503, "ServiceUnavailable"), (503, ""), (502, ""), (504, ""), (408, "")),
    *((400, "RequestTimeout"), (400, "RequestTimeOut"), (400, "IncompleteBody"), (409, "OperationAborted")),
]
COS_THROTTLED = [
    (503, "SlowDown"),
    (503, "Slowdown"),
    (429, ""),
    (400, "RequestLimitExceeded"),
    (429, "TooManyRequests"),
]


@pytest.mark.parametrize("code", [*API_CODES, "RequestLimitExceeded", "RequestLimitExceeded.IPLimitExceeded"])
def test_a_read_of_cam_is_repeated(code: str) -> None:
    """A read of CAM that fails is repeated, and the next answer counts."""
    http = Told(error(code), response(Uin=7))
    assert api(http).read("cam", "GetUser", {})["Uin"] == 7
    assert len(http.calls) == 2


@pytest.mark.parametrize("code", API_CODES)
def test_a_read_of_cam_that_gets_nowhere_is_unavailable(code: str) -> None:
    """After four tries; no operator is called for it."""
    http = Told(error(code))
    with pytest.raises(Unavailable, match="GetUser got no answer"):
        api(http).read("cam", "GetUser", {})
    assert len(http.calls) == 4


@pytest.mark.parametrize("code", API_CODES)
def test_a_write_of_cam_is_unknown_and_not_repeated(code: str) -> None:
    """Nobody says how far it came; the service has answered, so it is not under way any more."""
    http = Told(error(code))
    with pytest.raises(OutcomeUnknown) as caught:
        api(http).write("cam", "AddUser", {})
    assert not caught.value.in_flight
    assert len(http.calls) == 1


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "RequestLimitExceeded.UinLimitExceeded"])
def test_a_throttled_write_of_cam_is_repeated(code: str) -> None:
    """A write that CAM throttled is repeated, as it certainly had no effect."""
    http = Told(error(code), error(code), NotSent("AddUser", "connection"), response(Uin=7))
    assert api(http).write("cam", "AddUser", {})["Uin"] == 7
    assert len(http.calls) == 4


@pytest.mark.parametrize("answer", [Answer(502, {}, b"{}"), Answer(200, {}, b'{"Response": {', whole=False)])
def test_a_gateways_word_on_a_write_leaves_it_under_way(answer: Answer) -> None:
    """Whoever lost the service does not know what it does; nor does half an answer tell."""
    with pytest.raises(OutcomeUnknown) as caught:
        api(Told(answer)).write("cam", "AddUser", {})
    assert caught.value.in_flight


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"Response": []}', b"[" * 100_000, b'{"Response": {"Error": 1}}']
)
def test_an_answer_of_no_known_shape_is_none(body: bytes) -> None:
    """Whatever it is, it tells nothing of a write."""
    with pytest.raises(OutcomeUnknown):
        api(Told(Answer(200, {}, body))).write("cam", "AddUser", {})


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "FailedOperation", "ResourceInsufficient", "LimitExceeded"])
def test_what_only_people_can_mend_is_told_at_once(code: str) -> None:
    """An error that only people can mend is raised after one call, with its code."""
    http = Told(error(code))
    with pytest.raises(CloudError) as caught:
        api(http).read("cam", "GetUser", {})
    assert caught.value.cloud_code == code
    assert len(http.calls) == 1


def test_an_action_that_the_cloud_does_not_know_has_an_error_of_its_own() -> None:
    """An unknown action raises an error of its own, so that callers need not know the cloud's code."""
    with pytest.raises(UnknownAction):
        api(Told(error("InvalidAction"))).read("cam", "GetPolicy", {})


@pytest.mark.parametrize(("status", "code"), COS_ERRORS + COS_THROTTLED)
def test_a_read_of_cos_is_repeated(status: int, code: str) -> None:
    """A read of COS that fails is repeated, and the next answer counts."""
    http = Told(refused(status, code), found(b"x"))
    stored = cos(http).get("a")
    assert stored is not None
    assert stored.body == b"x"
    assert http.calls == ["GET", "GET"]


@pytest.mark.parametrize(("status", "code"), COS_ERRORS)
def test_a_write_of_cos_is_looked_at_and_repeated(status: int, code: str) -> None:
    """It may have been done; where nothing is there it is written again."""
    http = Told(refused(status, code), ABSENT, WRITTEN)
    assert cos(http).create("a", b"mine")
    assert http.calls == ["PUT", "GET", "PUT"]


@pytest.mark.parametrize(("status", "code"), COS_THROTTLED)
def test_a_throttled_write_of_cos_is_repeated(status: int, code: str) -> None:
    """A throttled write is repeated without a look-up, because it certainly had no effect."""
    http = Told(refused(status, code), WRITTEN)
    assert cos(http).create("a", b"mine")
    assert http.calls == ["PUT", "PUT"]


@pytest.mark.parametrize(("there", "mine"), [(b"mine", True), (b"theirs", False)])
def test_a_lost_write_is_known_by_what_is_there(there: bytes, mine: bool) -> None:
    """A write whose answer was lost is recognised by the object's own body."""
    assert cos(Told(NoAnswer("PutObject", "time"), found(there))).create("a", b"mine") is mine


def test_a_write_that_cannot_be_looked_at_is_unknown() -> None:
    """The answer is lost, and then COS is gone: never a yes, never a no, and still under way."""
    with pytest.raises(OutcomeUnknown) as caught:
        cos(Told(NoAnswer("PutObject", "time"), refused(503))).create("a", b"mine")
    assert caught.value.in_flight


def test_a_write_that_never_left_is_not_unknown() -> None:
    """A write that could not be sent is NotSent, and not of unknown outcome."""
    with pytest.raises(NotSent):
        cos(Told(NotSent("PutObject", "connection"))).create("a", b"mine")


@pytest.mark.parametrize(("second", "there"), [(found(b""), True), (refused(404, ""), False)])
def test_a_head_that_tells_nothing_is_asked_once_more(second: Answer, there: bool) -> None:
    """An answer without an ETag is none of COS's: roles that look for an object may not list it."""
    http = Told(found(b"", etag=False), second)
    assert cos(http).exists("open/a.json") is there
    assert http.calls == ["HEAD", "HEAD"]


def test_only_one_conflict_says_that_an_object_exists() -> None:
    """Of COS's conflicts only FileAlreadyExists is taken for "exists", without a look."""
    http = Told(refused(409, "FileAlreadyExists"))
    assert not cos(http).create("a", b"mine")
    assert http.calls == ["PUT"]


@pytest.mark.parametrize("code", ["", "PathConflict", "Conflict", "ObjectAlreadyExists"])
@pytest.mark.parametrize("there", [b"theirs", b"mine"])
def test_another_conflict_exists_where_something_is_there(code: str, there: bytes) -> None:
    """The look decides. The same body is somebody else's as long as no own write was lost."""
    http = Told(refused(409, code), found(there))
    assert not cos(http).create("a", b"mine")
    assert http.calls == ["PUT", "GET"]


@pytest.mark.parametrize("code", ["", "Conflict", "ObjectAlreadyExists"])
def test_a_conflict_about_nothing_is_tried_again(code: str) -> None:
    """And is never told as "exists": what was to be kept would be lost."""
    http = Told(refused(409, code), ABSENT, WRITTEN)
    assert cos(http).create("a", b"mine")
    http = Told(*[refused(409, code), ABSENT] * 4)
    with pytest.raises(Unavailable):
        cos(http).create("a", b"mine")


def test_a_path_conflict_about_nothing_is_an_operators() -> None:
    """A PathConflict where no such object is there is raised after one look, as no repetition mends it."""
    http = Told(refused(409, "PathConflict"), ABSENT)
    with pytest.raises(CloudError, match="PathConflict"):
        cos(http).create("a", b"mine")
    assert http.calls == ["PUT", "GET"]


@pytest.mark.parametrize("code", ["FileAlreadyExists", ""])
def test_a_lost_write_that_meets_itself_was_done(code: str) -> None:
    """The first try was lost and not there yet; the second finds it."""
    http = Told(NoAnswer("PutObject", "time"), ABSENT, refused(409, code), found(b"mine"))
    assert cos(http).create("a", b"mine")


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_conflict_of_another_call_is_an_error(method: str) -> None:
    """A conflict that answers another call than a create is an error."""
    with pytest.raises(CloudError):
        getattr(cos(Told(refused(409, "PathConflict"))), method)("a")


@pytest.mark.parametrize("body", [b"", b"{}", b"<html></html>", b"<ListBucketResult>"])
def test_a_listing_that_is_none_is_fetched_again(body: bytes) -> None:
    """A listing that cannot be read is fetched again, and nothing is concluded from it."""
    page = found(b"<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>")
    http = Told(found(body), page)
    assert [row.key for row in cos(http).below("")] == ["a"]
    with pytest.raises(Unavailable):
        cos(Told(found(body))).below("")


@pytest.mark.parametrize("kind", ["text/html", "application/xml", "text/xml; charset=utf-8"])
def test_an_error_whose_status_was_lost_is_no_object(kind: str) -> None:
    """It is asked for again, and not read as what somebody has noted."""
    lost = Answer(200, {"Content-Type": kind}, b"<?xml version='1.0'?><Error><Code>NoSuch")
    http = Told(lost, ABSENT)
    assert cos(http).get("unclaimed/1-closed.json") is None
    assert len(http.calls) == 2
