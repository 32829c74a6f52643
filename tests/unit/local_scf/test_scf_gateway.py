"""Over HTTP a function meets the events of a Function URL or of API Gateway, and its answer becomes HTTP."""

import base64
import gzip
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from local.gateway import Gateway
from local.scf.client import HttpReply, post
from tests.unit.local_scf.helpers import Deploy

ECHO = "def main_handler(event, context):\n    return {'statusCode': 200, 'body': __import__('json').dumps(event)}"
OBEY = "def main_handler(event, context):\n    return __import__('json').loads(event['body'])"
FAIL = (
    "import time\ndef main_handler(event, context):\n    return 1 / 0 if event['body'] == 'raise' else time.sleep(60)"
)
TICK = (
    "def main_handler(event, context):\n    if event['Message'] != '': raise ValueError\n"
    "    return {'outbox': {'done': 1}, 'event': event}"
)
BROKEN = "def main_handler(event, context):\n    return 1 / 0"


@pytest.fixture
def gateway(deploy: Deploy) -> Iterator[Gateway]:
    """`echo` answers its event, `obey` answers its body, `fail` raises or sleeps, `tick` has a timer."""
    functions = {
        "echo": deploy(ECHO, "echo"),
        "obey": deploy(OBEY, "obey"),
        "fail": deploy(FAIL, "fail", time_limit_ms=200),
    }
    functions["tick"] = deploy(TICK, "tick")
    views = {"looks": lambda: [{"subject": "你好"}]}
    served = Gateway(functions, lambda: {"gateway": "here"}, timers=("tick", "absent"), views=views, clock=lambda: 1e9)
    served.start()
    yield served
    served.stop()


def event_of(gateway: Gateway, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The event that a POST to `/echo…` becomes."""
    event: dict[str, Any] = post(f"{gateway.url}/echo{path}", body, headers or {}).json()
    return event


def obeyed(gateway: Gateway, answer: object, query: str = "") -> HttpReply:
    """What a caller sees when the handler answers `answer`."""
    return post(f"{gateway.url}/obey{query}", json.dumps(answer).encode(), {})


def test_a_caller_that_dies_in_its_request_leaves_no_traceback(
    gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a request invokes nothing, and nothing is said of it."""
    head = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port)) as one:
        one.sendall(head)
        assert one.recv(100).startswith(b"HTTP/1.1 100 Continue")
    for _ in range(3):
        assert event_of(gateway, "/")["path"] == "/"
    assert not caplog.records


def test_a_request_becomes_a_function_url_event(gateway: Gateway) -> None:
    """Lower-case headers, the caller's address, query with lists and bare keys, text body; no API Gateway keys."""
    event = event_of(gateway, "/a/b%20c?x=1&x=2&y=%E4%BD%A0&z&e=", "你好".encode(), {"X-Thing": "T", "ACCEPT": "*/*"})
    headers = event.pop("headers")
    assert event == {
        "httpMethod": "POST",
        "path": "/a/b%20c",
        "queryString": {"x": ["1", "2"], "y": "你", "z": True, "e": ""},
        "body": "你好",
    }
    assert headers["x-thing"] == "T"
    assert headers["accept"] == "*/*"
    assert headers["content-length"] == "6"
    assert headers["x-scf-remote-addr"] == "127.0.0.1"
    assert all(name == name.lower() for name in headers)


def test_a_caller_cannot_set_the_platforms_headers(gateway: Gateway) -> None:
    """`x-scf-*` headers come from the platform alone."""
    headers = event_of(gateway, "", headers={"X-Scf-Remote-Addr": "1.2.3.4", "X-Scf-Secret-Id": "x"})["headers"]
    assert {name: value for name, value in headers.items() if name.startswith("x-scf")} == {
        "x-scf-remote-addr": "127.0.0.1"
    }


def test_a_path_is_at_least_a_slash(gateway: Gateway) -> None:
    """`/<function>` alone is the path `/`."""
    assert event_of(gateway, "")["path"] == "/"


def test_bytes_that_are_no_text_arrive_as_base64(gateway: Gateway) -> None:
    """A body that is no UTF-8 is base64, and marked so."""
    event = event_of(gateway, "", b"\xff\x00")
    assert event["body"] == "/wA="
    assert event["isBase64Encoded"] is True


def test_a_compressed_body_is_not_touched(gateway: Gateway) -> None:
    """The function gets the bytes that were sent, or a signature over them could not be checked."""
    sent = gzip.compress(b"{}")
    event = event_of(gateway, "", sent, {"Content-Encoding": "gzip"})
    assert base64.b64decode(event["body"]) == sent


def test_a_request_becomes_an_api_gateway_event(gateway: Gateway) -> None:
    """With `?shape=apigw` the event has API Gateway's keys, and the parameter itself is gone."""
    event = event_of(gateway, "/more?shape=apigw&a=b&a=c&i", b"{}")
    context = event.pop("requestContext")
    assert context.pop("requestId")
    assert context == {
        "serviceId": "service-local000",
        "path": "/echo",
        "httpMethod": "ANY",
        "identity": {},
        "sourceIp": "127.0.0.1",
        "stage": "release",
    }
    assert "x-scf-remote-addr" not in event.pop("headers")
    assert event == {
        "pathParameters": {},
        "queryStringParameters": {},
        "headerParameters": {},
        "stageVariables": {"stage": "release"},
        "path": "/echo/more",
        "queryString": {"a": ["b", "c"], "i": True},
        "httpMethod": "POST",
        "body": "{}",
    }


def test_other_methods_pass_through(gateway: Gateway) -> None:
    """GET, HEAD and DELETE reach the function as what they are."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    for method in ("GET", "DELETE"):
        connection.request(method, "/echo")
        assert json.loads(connection.getresponse().read())["httpMethod"] == method
    connection.request("HEAD", "/echo")
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"")
    connection.close()


def test_an_integration_answer_becomes_http(gateway: Gateway) -> None:
    """Status, headers and body are the handler's; the invocation's id is added."""
    answer = {"statusCode": 302, "headers": {"Location": "/elsewhere", "Content-Type": "text/plain"}, "body": "gö"}
    reply = obeyed(gateway, answer)
    assert (reply.status, reply.body.decode()) == (302, "gö")
    assert reply.headers["location"] == "/elsewhere"
    assert reply.headers["content-type"] == "text/plain"
    assert len(reply.headers["x-scf-request-id"]) == 36


def test_a_header_with_a_list_is_sent_once_for_each_value(gateway: Gateway) -> None:
    """A list of values is as many headers."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    connection.request("POST", "/obey", json.dumps({"statusCode": 200, "headers": {"Key": ["v1", "v2"]}}))
    answer = connection.getresponse()
    assert answer.headers.get_all("key") == ["v1", "v2"]
    connection.close()


def test_a_base64_answer_is_decoded(gateway: Gateway) -> None:
    """`isBase64Encoded` true sends bytes."""
    assert obeyed(gateway, {"statusCode": 200, "isBase64Encoded": True, "body": "/wA="}).body == b"\xff\x00"


def test_json_without_a_status_is_200(gateway: Gateway) -> None:
    """A Function URL sends any other JSON as a success; API Gateway refuses it."""
    reply = obeyed(gateway, {"errorMessage": "returned by mistake"})
    assert (reply.status, reply.json()) == (200, {"errorMessage": "returned by mistake"})
    assert reply.headers["content-type"] == "application/json"
    refused = obeyed(gateway, {"a": 1}, "?shape=apigw")
    assert (refused.status, refused.json()["errno"]) == (403, 403)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"statusCode": "200", "body": ""}, id="status is text"),
        pytest.param({"statusCode": 200, "body": {"a": 1}}, id="body is an object"),
        pytest.param({"statusCode": 200, "headers": {"a": 1}}, id="header is a number"),
        pytest.param({"statusCode": 200, "headers": {"a": "b\r\nc: d"}}, id="header breaks the line"),
        pytest.param({"statusCode": 200, "headers": ["a"]}, id="headers are a list"),
        pytest.param({"statusCode": 99}, id="no such status"),
        pytest.param({"statusCode": 200, "isBase64Encoded": True, "body": "?"}, id="no base64"),
    ],
)
def test_a_malformed_answer_is_an_error(gateway: Gateway, answer: dict[str, Any]) -> None:
    """An answer with a status that is not of the documented form is the platform's format error."""
    reply = obeyed(gateway, answer)
    assert (reply.status, reply.json()["errno"]) == (500, 403)


def test_an_exception_shows_the_platforms_error(gateway: Gateway) -> None:
    """A raise answers 500 with SCF's error object, a timeout likewise; behind API Gateway a timeout is a 200."""
    raised = post(f"{gateway.url}/fail", b"raise", {})
    assert (raised.status, raised.json()["statusCode"]) == (500, 430)
    assert raised.json()["requestId"] == raised.headers["x-scf-request-id"]
    late = post(f"{gateway.url}/fail", b"sleep", {})
    assert (late.status, late.json()["statusCode"]) == (500, 433)
    behind = post(f"{gateway.url}/fail?shape=apigw", b"sleep", {})
    assert (behind.status, behind.json()["statusCode"]) == (200, 433)


def test_a_large_body_arrives_and_a_larger_one_is_refused(gateway: Gateway) -> None:
    """Megabytes pass; beyond 6 MB the answer is 413."""
    assert len(event_of(gateway, "", b"x" * 5_000_000)["body"]) == 5_000_000
    assert post(f"{gateway.url}/echo", b"x" * 6_300_000, {}).status == 413


def test_what_is_not_there(gateway: Gateway) -> None:
    """An unknown function is 404 and names the known ones; the root answers the facts."""
    reply = post(f"{gateway.url}/nothing", b"", {})
    known = "/echo, /fail, /obey, /tick"
    assert (reply.status, reply.json()) == (404, {"error": "no function nothing", "functions": known})
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    connection.request("GET", "/")
    assert json.loads(connection.getresponse().read()) == {"gateway": "here"}
    connection.close()


def ask(gateway: Gateway, method: str, path: str, body: str | None = None) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON of an answer to any method; None for no body."""
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    connection.request(method, path, body)
    answer = connection.getresponse()
    raw = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, json.loads(raw) if raw else None


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_sub_paths_with_any_method(gateway: Gateway, method: str) -> None:
    """What follows the function's name is the path, with query and body, whatever the method."""
    query = "filter=userName%20eq%20%22alice%22&startIndex=1&count=10"
    status, _, event = ask(gateway, method, f"/echo/v2/Users/a%2Fb?{query}", '{"a": 1}')
    assert (status, event["httpMethod"], event["path"]) == (200, method, "/v2/Users/a%2Fb")
    assert event["queryString"] == {"filter": 'userName eq "alice"', "startIndex": "1", "count": "10"}
    assert event["body"] == '{"a": 1}'


@pytest.mark.parametrize("path", ["/nothing/v2/Users", "/absent", "/absent/now", "/echoes"])
def test_unknown_functions_have_no_sub_paths(gateway: Gateway, path: str) -> None:
    """A path below a function that is not there, and a timer without its function, are 404."""
    assert [ask(gateway, method, path)[0] for method in ("GET", "POST", "DELETE")] == [404] * 3


def test_a_timer_fires_on_demand(gateway: Gateway) -> None:
    """A POST fires the timer with the documented event, whatever its body says, and answers what came of it."""
    for body in (None, "{}"):
        status, headers, answer = ask(gateway, "POST", "/tick", body)
        assert (status, headers["content-type"]) == (200, "application/json")
        assert answer["outbox"] == {"done": 1}
        event = {"Type": "Timer", "TriggerName": "tick", "Time": "2001-09-09T01:46:40Z", "Message": ""}
        assert answer["event"] == event


def test_a_timer_takes_a_post_alone(gateway: Gateway) -> None:
    """Looking at a timer does not fire it."""
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
        connection.request(method, "/tick")
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        connection.close()


def test_a_timer_that_fails(deploy: Deploy) -> None:
    """What raised is answered 500 with the platform's error object."""
    served = Gateway({"sweep": deploy(BROKEN, "sweep")}, dict)
    served.start()
    try:
        status, _, answer = ask(served, "POST", "/sweep")
        assert (status, answer["statusCode"]) == (500, 430)
    finally:
        served.stop()


def test_a_view_is_shown_as_json(gateway: Gateway) -> None:
    """A view answers what there is at the moment, readable for people."""
    status, headers, answer = ask(gateway, "GET", "/looks")
    assert (status, headers["content-type"].partition(";")[0]) == (200, "application/json")
    assert answer == [{"subject": "你好"}]
