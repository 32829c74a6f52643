"""HTTP calls over kept connections, with a limit for the whole time and for the size of the answer. Redirects are never
followed.

Built on `http.client` (https://docs.python.org/3/library/http.client.html). The environment has no influence: no proxy,
no `.netrc`, no certificates. A caller that needs a proxy passes it in.
"""

from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from typing import NamedTuple

from shared.deadline import MARGIN, Deadline
from shared.errors import OutcomeUnknown, Unavailable
from shared.tencent.connection_pool import ConnectionPools, ProxyFor
from shared.tencent.timed_connection import NotConnected, Why

CONNECT_TIME = 3.0
"""The most seconds for connecting."""
CALL_TIME = 10.0
"""The most seconds for a call, from connecting to the last byte of the answer."""
ANSWER_SIZE = 16 * 1024 * 1024
"""The most bytes that are read of an answer; several times the size of Tencent's largest answers."""
_PIECE = 65_536


class Call(NamedTuple):
    """One request. `action` is its name in errors; the headers are sent as they are."""

    action: str
    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


class Limits(NamedTuple):
    """Seconds for connecting, seconds for the whole call, and the most bytes of the answer that are read."""

    connect: float
    total: float
    size: int = ANSWER_SIZE


class Headers(Mapping[str, str]):
    """Headers, found by name in any case. Headers with the same name are joined, as in
    https://www.rfc-editor.org/rfc/rfc9110#section-5.3.
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
    """An answer. Header names are found in any case.

    `whole`: False where the body was longer than the limit, or ended too early; then `body` is its beginning.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


class NotSent(Unavailable):
    """The service was not reached, so the call had no effect. `why`: what failed."""

    def __init__(self, action: str, why: Why) -> None:
        super().__init__(f"{action} could not be sent")
        self.why = why


class NoAnswer(OutcomeUnknown):
    """The call was sent, but the connection or the time ended before the answer. The service may still work on it."""

    def __init__(self, action: str, why: Why) -> None:
        super().__init__(action, in_flight=True)
        self.why = why


def limits(deadline: Deadline, *, size: int = ANSWER_SIZE) -> Limits:
    """The limits of one call: it ends within the time limit of the request and its margin.

    Connecting gets at most a quarter of the time; inside a region it takes milliseconds.
    """
    total = min(CALL_TIME, MARGIN + max(0.0, deadline.remaining()))
    return Limits(min(CONNECT_TIME, total / 4), total, size)


class Http:
    """The connections of an instance, shared by its threads.

    `ca_file`: trusted certificates in PEM form; by default those of certifi in the package. `proxy_for`: the proxy for
    a URL, or None.
    """

    def __init__(self, *, ca_file: str | None = None, proxy_for: ProxyFor | None = None) -> None:
        self._pools = ConnectionPools(ca_file, proxy_for)

    def send(self, call: Call, limits: Limits) -> Answer:
        """Send a call and return the answer, with any status. Raises NotSent, NoAnswer, which name only the action."""
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
        """Close all idle connections; later calls open new ones."""
        self._pools.clear()


def _read(response: HTTPResponse, size: int) -> tuple[bytes, bool]:
    """The body, and whether it is complete. A longer body is not read to its end: the connection is closed instead."""
    # Taken before reading: not every Python version updates it while reading.
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
