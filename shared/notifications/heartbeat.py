"""The heartbeat: calls a URL after each run of the sweep, so that a monitor notices when no run comes."""

from __future__ import annotations

from shared.deadline import Deadline
from shared.errors import Unavailable
from shared.tencent.http import Call, Http, limits

_READ = 4096
"""The bytes of the answer that are read; only its status matters."""


def beat(http: Http, url: str, deadline: Deadline) -> None:
    """GET the URL. It may hold a token, so no error names it. Raises Unavailable for every answer but 2xx."""
    deadline.spend("heartbeat")
    try:
        answer = http.send(Call("Heartbeat", "GET", url, {}), limits(deadline, size=_READ))
    except Unavailable:
        raise Unavailable("The monitor did not answer") from None
    if not 200 <= answer.status < 300:
        raise Unavailable(f"The monitor answered HTTP {answer.status}")
