"""Whom a call trusts, and which way it goes."""

from __future__ import annotations

import base64
import socket
import ssl

import pytest

from cli.account.network import CERTIFICATES, http
from shared.errors import Unavailable
from shared.tencent.http import Call, Http, Limits, NoAnswer, NotSent
from tests.unit.tencent.servers import TLS, saying, server

QUICK = Limits(connect=2, total=4, size=65_536)
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CA = str(TLS / "ca.pem")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def call(url: str, headers: dict[str, str] | None = None) -> Call:
    """A call."""
    return Call("Try", "GET", url, headers or {})


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *map(str.upper, PROXIES), *CERTIFICATES):
        monkeypatch.delenv(name, raising=False)


def test_a_certificate_of_a_trusted_authority_is_taken() -> None:
    """The proof that the next tests refuse for the right reason."""
    with server(saying(OK), tls=True) as there:
        assert Http(ca_file=CA).send(call(f"https://localhost:{there.port}"), QUICK).body == b"ok"


@pytest.mark.parametrize(("ca", "host"), [(None, "localhost"), (CA, "127.0.0.1")], ids=["authority", "name"])
def test_a_wrong_certificate_is_refused_before_anything_is_sent(ca: str | None, host: str) -> None:
    """One of an authority that the package's bundle does not know, or for another name: certainly without effect."""
    with server(saying(OK), tls=True) as there:
        with pytest.raises(NotSent) as caught:
            Http(ca_file=ca).send(call(f"https://{host}:{there.port}"), QUICK)
        assert caught.value.why == "tls"
        assert there.heads == []


def test_a_server_without_tls_is_refused() -> None:
    """Nothing goes in the clear where https was asked for."""
    with server(saying(OK)) as there, pytest.raises(NotSent):
        Http(ca_file=CA).send(call(f"https://localhost:{there.port}"), QUICK._replace(connect=0.3))
    assert there.heads == []


def test_the_environment_trusts_nobody_for_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables that name certificates count for the operator's command alone."""
    with server(saying(OK), tls=True) as there:
        for name in CERTIFICATES:
            monkeypatch.setenv(name, CA)
            with pytest.raises(NotSent):
                Http().send(call(f"https://localhost:{there.port}"), QUICK)
            assert http().send(call(f"https://localhost:{there.port}"), QUICK).status == 200
            monkeypatch.delenv(name)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_the_operators_alone(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A function's call goes straight; the command's goes through it, with its user and password."""
    with server(saying(OK)) as there, server(saying(OK)) as proxy:
        monkeypatch.setenv(name, f"http://me:pass%40word@127.0.0.1:{proxy.port}")
        Http().send(call(f"{there.url}/a"), QUICK)
        assert (len(there.heads), len(proxy.heads)) == (1, 0)
        http().send(call(f"{there.url}/a"), QUICK)
        assert (len(there.heads), len(proxy.heads)) == (1, 1)
        assert proxy.heads[0].startswith(f"GET {there.url}/a HTTP/1.1".encode())
        assert base64.b64encode(b"me:pass@word") in proxy.heads[0]
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        http().send(call(f"{there.url}/a"), QUICK)
        assert (len(there.heads), len(proxy.heads)) == (2, 1)


@pytest.mark.parametrize(
    "named", ["http://127.0.0.1:1", "127.0.0.1:1", "socks5://127.0.0.1:1", "https://127.0.0.1:1", "http://["]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_none_is_what_was_in_the_way(monkeypatch: pytest.MonkeyPatch, scheme: str, named: str) -> None:
    """Dead, of a kind that is not spoken, or no address at all: told as the proxy, and nothing was sent."""
    monkeypatch.setenv(f"{scheme}_proxy", named)
    with pytest.raises(NotSent) as caught:
        http().send(call(f"{scheme}://service.example"), QUICK)
    assert caught.value.why == "proxy"


def test_a_proxy_leads_on_to_a_service_with_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown its password and the host alone; the certificate is the service's, and the connection is kept."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")
    inside: list[bytes] = []

    def lead_on(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with context.wrap_socket(sock, server_side=True) as service:
            for _ in range(2):
                inside.append(service.recv(65_536))
                service.sendall(OK)

    with server(lead_on) as proxy:
        monkeypatch.setenv("https_proxy", f"http://me:pass@127.0.0.1:{proxy.port}")
        monkeypatch.setenv(CERTIFICATES[0], CA)
        client = http()
        for _ in range(2):
            assert client.send(call("https://localhost:4430/a?b"), QUICK).body == b"ok"
        client.close()
        [head] = proxy.heads
        assert head.splitlines()[0] == b"CONNECT localhost:4430 HTTP/1.1"
        assert base64.b64encode(b"me:pass") in head
    assert [said.splitlines()[0] for said in inside] == [b"GET /a?b HTTP/1.1"] * 2
    assert not any(b"Proxy-Authorization" in said for said in inside)


def test_certificates_that_are_not_there_are_what_was_in_the_way() -> None:
    """Where the file of certificates is missing, nothing is sent and the error says TLS."""
    with pytest.raises(NotSent) as caught:
        Http(ca_file="no/such/file.pem").send(call("https://127.0.0.1:1"), QUICK)
    assert caught.value.why == "tls"


def test_a_proxy_that_refuses_the_tunnel_is_what_was_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that wants a password is named as the reason, and nothing was sent."""
    with server(saying(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(NotSent) as caught:
            http().send(call("https://service.example"), QUICK)
        assert caught.value.why == "proxy"


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/?key=SECRET", "http://[::SECRET", "http://SECRET.invalid"])
def test_no_error_holds_the_address(url: str) -> None:
    """An address may hold a token: neither the text nor what it came from at first sight shows it."""
    with pytest.raises(Unavailable) as caught:
        Http().send(call(url, {"Authorization": "SECRET"}), QUICK)
    assert isinstance(caught.value, NotSent | NoAnswer)
    assert "SECRET" not in f"{caught.value!r} {caught.value.detail} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__
