"""The heartbeat: calls an address after each run of the sweep, so that a monitor notices when no call comes."""

from __future__ import annotations

from shared.deadline import Deadline
from shared.errors import Unavailable
from shared.tencent.http import Call, Http, limits

_READ = 4096
"""Bytes of an answer that are read; its status alone counts."""


def beat(http: Http, url: str, deadline: Deadline) -> None:
    """GET the address, which may hold a token and is told by no error. Raises Unavailable for every answer but 2xx."""
    deadline.spend("heartbeat")
    try:
        answer = http.send(Call("Heartbeat", "GET", url, {}), limits(deadline, size=_READ))
    except Unavailable:
        raise Unavailable("The monitor did not answer") from None
    if not 200 <= answer.status < 300:
        raise Unavailable(f"The monitor answered HTTP {answer.status}")
