"""Connects functions to the local cloud without sockets: with the same requests, answers, journal and faults.

A test that kills an operation at each of its calls makes tens of thousands of calls. It is about their order and their
effects, not about transport, and a call without a socket takes less than half the time. Tests that do not use it show
that every fault has the same effect over real connections.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from multidict import CIMultiDict

from local.api import ApiEndpoint
from local.cam.responses import CAM
from local.cloud import LocalCloud
from local.cos.responses import CosEndpoint
from local.faults import Fault
from local.http_messages import Answer, Request
from local.request_handler import Endpoint
from local.scf_api.responses import SCF
from local.sts.responses import STS
from shared.tencent.http import Answer as HttpAnswer
from shared.tencent.http import Call, NoAnswer

SLOW = (Fault.DELAY_BEFORE, Fault.DELAY_AFTER, Fault.CALL_BEFORE, Fault.CALL_AFTER)
"""What happens in real time, for which there must be a connection."""


class Wire:
    """The connections to all services of one cloud."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self._endpoints: dict[str, Endpoint] = {
            cloud.api_url: ApiEndpoint(cloud._accounts, cloud.clock, cloud.cam, (CAM, STS, SCF)),
            cloud.cos_url: CosEndpoint(cloud._accounts, cloud.clock, cloud.cos),
        }

    def add(self, url: str, endpoint: Endpoint) -> None:
        """A further service."""
        self._endpoints[url] = endpoint

    @property
    def open(self) -> bool:
        """Whether nothing is planned that needs a real connection."""
        return not any(rule.do in SLOW for rule in self._cloud.faults._rules)

    def send(self, call: Call) -> HttpAnswer:
        """Send one call. Raises NoAnswer where a connection would have ended."""
        endpoint = next(one for url, one in self._endpoints.items() if call.url.startswith(url))
        answer = exchanged(self._cloud, endpoint, call)
        if answer is None:
            raise NoAnswer(call.action, "connection")
        return answer


def exchanged(cloud: LocalCloud, endpoint: Endpoint, call: Call) -> HttpAnswer | None:
    """The answer of a service; None where the connection would end."""
    parts = urlsplit(call.url)
    headers = CIMultiDict({"Host": parts.netloc} | dict(call.headers))
    asked = Request(call.method, parts.path, parts.query, headers, call.body or b"")
    answer = _finished(cloud._handler.run(endpoint, asked))
    if answer is None:
        return None
    body = b"" if call.method == "HEAD" else answer.body
    return HttpAnswer(answer.status, cloud._handler.stamp(answer), body)


def _finished(work: Any) -> Answer | None:  # noqa: ANN401 - a coroutine
    """The result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as stop:
        answer: Answer | None = stop.value
        return answer
    raise AssertionError("the exchange waits for something real")
