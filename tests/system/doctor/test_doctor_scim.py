"""What the doctor says of SCIM: its settings, and which methods come through to the function."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from local.cloud import LocalCloud
from tests.system.doctor.test_doctor import examine

TOKENS = {"IM_ACCESS_SCIM_TOKENS": f"okta=sha256:{'a' * 64}"}
ERROR = b'{"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"}'
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BLOCKED = ("PATCH", "DELETE")


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A local cloud."""
    with LocalCloud() as started:
        yield started


class Proxy(BaseHTTPRequestHandler):
    """Something in front of the function that lets some methods through."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        blocked = self.command in BLOCKED
        body = b"<h1>no</h1>" if blocked else ERROR
        self.send_response(405 if blocked else 401)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def proxy() -> Iterator[str]:
    """Its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/scim/v2"
    server.shutdown()
    server.server_close()


def test_a_method_that_does_not_come_through_is_told(cloud: LocalCloud, proxy: str) -> None:
    """SCIM's own 401 is good news; whatever else answers is a failure, with what to do."""
    for words, more in ((("--scim-url", proxy), {}), ((), {"IM_ACCESS_SCIM_URL": proxy})):
        code, found = examine(cloud, "--probe", *words, **TOKENS, **more)
        assert code == 1
        told = {text.split(" ")[0]: result for result, text in found["scim-methods"]}
        assert told == {name: "failure" if name in BLOCKED else "ok" for name in METHODS}
    assert found["scim"] == [
        ("ok", "1 tokens of okta"),
        ("failure", "nobody could be sent the credentials of a user: none is made"),
    ]


def test_who_does_not_use_scim_is_asked_nothing(cloud: LocalCloud) -> None:
    """Without tokens there is nothing to try, and with them the address is asked for."""
    _, found = examine(cloud, "--probe")
    assert found["scim"] == [("ok", "not used: IM_ACCESS_SCIM_TOKENS is not set")]
    assert "scim-methods" not in found
    _, found = examine(cloud, "--probe", **TOKENS)
    assert found["scim-methods"] == [("warning", "methods not tried: no address")]
    _, found = examine(cloud, **TOKENS, IM_ACCESS_SCIM_POLICIES="not-on-the-list")
    assert found["scim"][0][0] == "failure"
