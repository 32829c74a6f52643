"""A call ends in time and in little memory, whatever the other side does."""

from __future__ import annotations

import select
import socket
import threading
import time
import tracemalloc
from contextlib import ExitStack

import pytest

from shared.errors import OutcomeUnknown, Unavailable
from shared.tencent.http import Call, Http, Limits, NoAnswer, NotSent
from tests.unit.tencent.servers import Say, dripping, saying, server

QUICK = Limits(connect=0.2, total=0.4, size=65_536)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def call(url: str, method: str = "GET", body: bytes | None = None) -> Call:
    """A call."""
    return Call("Try", method, url, {}, body)


@pytest.mark.parametrize(
    "say",
    [
        dripping(b"", b""),
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "status", "header", "headers", "continue"],
)
def test_a_head_that_drips_is_given_up(say: Say) -> None:
    """Each byte comes soon after the one before it; the whole is late all the same, and its outcome is unknown."""
    with server(say) as there:
        began = time.monotonic()
        with pytest.raises(NoAnswer) as caught:
            Http().send(call(there.url, "POST", b"x"), QUICK)
        assert time.monotonic() - began < 1.5
        assert caught.value.in_flight


@pytest.mark.parametrize(
    "say",
    [
        dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        dripping(CHUNKED, b"1\r\nx\r\n"),
        dripping(CHUNKED, b"0"),
    ],
    ids=["endless", "length", "chunks", "chunk-size"],
)
def test_a_body_that_drips_is_cut(say: Say) -> None:
    """The status has come, and what there is of the body; it is not the whole."""
    with server(say) as there:
        began = time.monotonic()
        answer = Http().send(call(there.url), QUICK)
        assert time.monotonic() - began < 1.5
        assert (answer.status, answer.whole) == (200, False)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", CHUNKED], ids=["plain", "chunked"])
def test_a_huge_answer_takes_no_memory(head: bytes) -> None:
    """Of an answer of 400 MB no more is read than was asked for."""
    piece = bytes(1 << 20) if head != CHUNKED else b"100000\r\n" + bytes(1 << 20) + b"\r\n"

    def say(sock: socket.socket) -> None:
        sock.sendall(head)
        for _ in range(400):
            sock.sendall(piece)

    with server(say) as there:
        tracemalloc.start()
        try:
            answer = Http().send(call(there.url), Limits(1, 5, 65_536))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert (len(answer.body), answer.whole) == (65_536, False)
    assert peak < 8 << 20


@pytest.mark.parametrize(("size", "whole"), [(0, False), (1, False), (2, True), (3, True)])
def test_what_is_read_is_what_was_asked_for(size: int, whole: bool) -> None:
    """An answer is read up to the limit to the byte, and one of just that size counts as whole."""
    with server(saying(OK)) as there:
        answer = Http().send(call(there.url), Limits(1, 5, size))
        assert (answer.body, answer.whole) == (b"ok"[:size], whole)


def test_a_connection_is_kept_and_one_with_leftovers_is_not() -> None:
    """Calls share a connection as long as each answer was read to its end."""
    http = Http()
    with server(saying(OK)) as there:
        for _ in range(3):
            http.send(call(there.url), QUICK)
        assert there.connections == 1
        http.send(call(there.url), QUICK._replace(size=0))
        http.send(call(there.url), QUICK)
        assert there.connections == 2


def test_the_head_and_the_body_of_a_call_are_one_write(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call is one packet, and the service is woken up once, on a kept connection too."""
    written, sendall, here = list[bytes](), socket.socket.sendall, threading.get_ident()

    def noting(sock: socket.socket, data: bytes) -> None:
        # Servers of other tests may be writing their last at the same time, in threads of their own.
        if threading.get_ident() == here:
            written.append(bytes(data))
        sendall(sock, data)

    monkeypatch.setattr(socket.socket, "sendall", noting)
    http = Http()
    with server(saying(OK)) as there:
        for _ in range(2):
            http.send(call(there.url, "POST", b"the body"), QUICK)
    assert [(data[:7], data[-12:]) for data in written] == [(b"POST / ", b"\r\n\r\nthe body")] * 2


def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    """The service gave it up between two calls: the second goes over a fresh one."""
    http = Http()
    with server(lambda sock: sock.sendall(OK)) as there:
        http.send(call(there.url), QUICK)
        [[kept]] = http._pools._idle.values()
        assert select.select([kept.sock], [], [], 5)[0]
        assert http.send(call(there.url, "POST", b"x"), QUICK).body == b"ok"
        assert there.connections == 2


def test_no_more_connections_are_kept_than_have_a_use() -> None:
    """Some to each host, and of many hosts those that were asked last."""
    http = Http()
    with ExitStack() as stack:
        there, *others = [stack.enter_context(server(saying(OK))) for _ in range(10)]
        connections = [http._pools.take(there.url)[0] for _ in range(70)]
        for one in connections:
            one.begin("GET", "/", {}, connect=1, total=1)
            one.finish(None).close()
            http._pools.keep(one)
        assert len([one for one in connections if one.sock]) == 64
        for other in others:
            http.send(call(other.url), QUICK)
    assert not any(one.sock for one in connections)
    assert [way.port for way in http._pools._idle] == [other.port for other in others[1:]]
    http.close()


def test_headers_are_found_in_any_case_and_those_of_one_name_together() -> None:
    """A header is found whatever the case of its name, and all headers of one name are joined."""
    with server(saying(b"HTTP/1.1 204 No\r\nX-A: 1\r\nx-a: 2\r\nDate: d\r\n\r\n")) as there:
        headers = Http().send(call(there.url), QUICK).headers
    assert (headers["X-a"], headers.get("DATE"), headers.get("y", "")) == ("1, 2", "d", "")
    assert dict(headers) == {"x-a": "1, 2", "date": "d"}


def test_an_answer_that_breaks_off_is_not_whole() -> None:
    """An answer whose body breaks off is not whole."""
    with server(lambda sock: sock.sendall(OK[:-1])) as there:
        answer = Http().send(call(there.url), QUICK)
        assert (answer.body, answer.whole) == (b"o", False)


def test_a_dead_endpoint_was_never_reached() -> None:
    """A call to a port where nothing listens certainly had no effect."""
    with pytest.raises(NotSent) as caught:
        Http().send(call("http://127.0.0.1:1", "POST", b"x"), QUICK)
    assert caught.value.why == "connection"
    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("url", ["http://no.such.host.invalid", "http://[::1", "http://a..b", "http://" + "a" * 70])
def test_an_address_that_leads_nowhere_was_never_reached(url: str) -> None:
    """A call to a malformed or unknown address certainly had no effect."""
    with pytest.raises(NotSent):
        Http().send(call(url), Limits(1, 2))


def test_all_addresses_of_a_name_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty addresses where nobody answers take no longer than one."""
    with socket.create_server(("127.0.0.1", 0), backlog=1) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))
        actual = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **k: [row] * 20 if host == b"many" else actual(host, *a, **k)
        )
        began = time.monotonic()
        with pytest.raises(Unavailable):
            Http().send(call(f"http://many:{port}"), QUICK)
        assert time.monotonic() - began < 2
        for one in waiting:
            one.close()


def test_a_connection_that_is_reset_is_lost_and_not_unsent() -> None:
    """It came to a connection, so the request may have arrived."""
    with server(lambda _sock: None) as there, pytest.raises(NoAnswer) as caught:
        Http().send(call(there.url, "POST", b"x"), QUICK)
    assert caught.value.why == "connection"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    """It is an answer like any other; nothing signed goes to a third party."""
    with server(saying(OK)) as elsewhere:
        head = f"HTTP/1.1 {status} Go\r\nLocation: {elsewhere.url}/\r\nContent-Length: 0\r\n\r\n".encode()
        with server(saying(head)) as there:
            assert Http().send(call(there.url, "POST", b"x"), QUICK).status == status
            assert len(there.heads) == 1
        assert elsewhere.heads == []


def test_a_call_is_sent_once() -> None:
    """Neither a failure nor Retry-After makes the library send it again."""
    head = b"HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n"
    with server(saying(head)) as there:
        assert Http().send(call(there.url, "PUT", b"x"), QUICK).status == 503
        assert len(there.heads) == 1


def test_compressed_answers_are_neither_asked_for_nor_unpacked() -> None:
    """A small answer cannot become a large one."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b"
    with server(saying(head)) as there:
        assert Http().send(call(there.url), QUICK).body == b"\x1f\x8b"
        assert b"gzip" not in there.heads[0]
