"""One HTTP call over kept connections: limited in its whole time and in what is read, verified, never redirected.

Built on `http.client` (https://docs.python.org/3/library/http.client.html). Nothing is taken from the environment: no
proxy, no `.netrc`, no certificates; whoever wants a proxy hands one in.
"""

from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

from shared.deadline import MARGIN, Deadline
from shared.errors import OutcomeUnknown, Unavailable
from shared.tencent.connection_pool import ConnectionPools, ProxyFor
from shared.tencent.timed_connection import NotConnected, Why

CONNECT_TIME = 3.0
"""Seconds to connect, at most."""
CALL_TIME = 10.0
"""Seconds for a call from connecting to the last byte of its answer, at most."""
ANSWER_SIZE = 16 * 1024 * 1024
"""Bytes of an answer that are read of Tencent's services: several times what they have to say."""
_PIECE = 65_536


class Call(NamedTuple):
    """What is sent. `action` names it in errors; the headers go as they are."""

    action: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Limits(NamedTuple):
    """Seconds to connect, and for all of the call; bytes of the answer's body that are read."""

    connect: float
    total: float
    size: int = ANSWER_SIZE


class Headers(Mapping[str, str]):
    """Headers that are found in any case; those of one name are one, as https://www.rfc-editor.org/rfc/rfc9110#section-5.3
    has it.
    """

    def __init__(self, rows: Iterable[tuple[str, str]]) -> None:
        self._rows: dict[str, str] = {}
        for name, value in rows:
            key = name.lower()
            self._rows[key] = f"{self._rows[key]}, {value}" if key in self._rows else value

    def __getitem__(self, name: str) -> str:
        return self._rows[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


class Answer(NamedTuple):
    """What came. Names of headers are found in any case.

    `whole`: false where the body was longer than what is read, or did not come to its end; `body` is its beginning.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


class NotSent(Unavailable):
    """The service was not reached, so the call had no effect. `why` says what was in the way."""

    def __init__(self, action: str, why: Why) -> None:
        super().__init__(f"{action} could not be sent")
        self.why = why


class NoAnswer(OutcomeUnknown):
    """The call was sent, and the connection ended or the time was up before the answer; it may still be worked on."""

    def __init__(self, action: str, why: Why) -> None:
        super().__init__(action, in_flight=True)
        self.why = why


def limits(deadline: Deadline, *, size: int = ANSWER_SIZE) -> Limits:
    """What one call may take: no longer than the time limit leaves, margin and all.

    Connecting gets a quarter at most: in a region it takes milliseconds.
    """
    total = min(CALL_TIME, MARGIN + max(0.0, deadline.remaining()))
    return Limits(min(CONNECT_TIME, total / 4), total, size)


class Http:
    """The connections of an instance; for all of its threads.

    `ca_file`: certificates that are trusted, as a file in PEM form; else those of the package (certifi's).
    `proxy_for`: the proxy for a URL, or None.
    """

    def __init__(self, *, ca_file: str | None = None, proxy_for: ProxyFor | None = None) -> None:
        self._pools = ConnectionPools(ca_file, proxy_for)

    def send(self, call: Call, limits: Limits) -> Answer:
        """The answer, whatever its status. Raises NotSent, NoAnswer, in whose texts is only the action."""
        headers = {"User-Agent": "im-access", **call.headers}
        if call.body is not None:
            headers["Content-Length"] = str(len(call.body))
        try:
            connection, target = self._pools.take(call.url)
            connection.begin(call.method, target, headers, connect=limits.connect, total=limits.total)
        except NotConnected as error:
            raise NotSent(call.action, error.why) from None
        whole = False
        try:
            response = connection.finish(call.body)
            body, whole = _read(response, limits.size)
            response.close()
        except (HTTPException, OSError) as error:
            raise NoAnswer(call.action, "time" if isinstance(error, TimeoutError) else "connection") from None
        finally:
            if whole:
                self._pools.keep(connection)
            else:
                connection.close()
        return Answer(response.status, Headers(response.getheaders()), body, whole)

    def close(self) -> None:
        """Close what is open; a later call opens connections anew."""
        self._pools.clear()


def _read(response: HTTPResponse, size: int) -> tuple[bytes, bool]:
    """The body, and whether that is all of it. What is left over is never read: the connection is given up."""
    # Before anything is read; how much is left of it, not every Python keeps.
    length, parts, got = response.length, list[bytes](), 0
    try:
        while got != length:
            part = response.read1(min(_PIECE, size + 1 - got, size + 1 if length is None else length - got))
            if not part:
                return b"".join(parts), length is None
            parts.append(part[: size - got])
            got += len(part)
            if got > size:
                return b"".join(parts), False
    except (HTTPException, OSError):
        return b"".join(parts), False
    return b"".join(parts), True
