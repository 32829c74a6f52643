"""The connections from the operator's machine to the cloud."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from cli.main import main
from cli.terminal.console import Console
from tests.processes import WorldClock


class Proxy(BaseHTTPRequestHandler):
    """Notes what it is asked to fetch, and refuses."""

    asked: list[str]

    def do_POST(self) -> None:
        """One call of the API."""
        self.asked.append(self.path)
        self.send_error(502)

    def log_message(self, *_: object) -> None:
        """In silence."""


def test_the_command_goes_through_its_machines_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unlike a function: a person's machine may have no other way out."""
    asked: list[str] = []
    handler = type("Handler", (Proxy,), {"asked": asked})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{server.server_port}")
        env = {
            "IM_ACCESS_BUCKET": "b-1250000000",
            "IM_ACCESS_REGION": "ap-guangzhou",
            "IM_ACCESS_API_ENDPOINT": "http://cam.example.com",
            "TENCENTCLOUD_SECRETID": "id",
            "TENCENTCLOUD_SECRETKEY": "key",
        }
        main(["who", "QcloudIMReadOnlyAccess"], Console(env=env, clock=WorldClock(1.8e9)))
        server.shutdown()
        thread.join()
    assert set(asked) == {"http://cam.example.com/"}
