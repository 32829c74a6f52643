"""Mails that cannot be sent: what may succeed later is distinguished from what will never succeed."""

from __future__ import annotations

import socket
import ssl
import threading
import time

import pytest

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.errors import ImAccessError, Rejected, Unavailable
from shared.mail_settings import MailServer
from shared.notifications.mail import Mailer
from shared.secret import Secret
from tests.system.delivery.mail_servers import CERTIFICATE, Box, mail, plain, replying, send, serving


def test_a_server_without_starttls_gets_nothing() -> None:
    """A mail server without STARTTLS gets neither a mail nor the password."""
    box = Box()
    with serving(box) as port, pytest.raises(Rejected):
        send(MailServer("127.0.0.1", port, "start", "me", Secret("x")), mail())
    assert not box.taken


@pytest.mark.parametrize("tls", ["always", "start"])
def test_a_certificate_that_is_not_trusted_ends_it(tls: str) -> None:
    """A server whose certificate is not trusted gets neither the password nor the mail."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    box, clock = Box(), SystemClock()
    first, start = (context, {}) if tls == "always" else (None, {"tls_context": context})
    with serving(box, first, **start) as port, pytest.raises(Unavailable):
        Mailer(MailServer("127.0.0.1", port, tls, "", Secret("")), "access@example.com", "").send(
            mail(), Deadline(clock, clock.now() + 5)
        )
    assert not box.taken


@pytest.mark.parametrize(("left", "given"), [(60.0, 10.0), (4.5, 4.0)])
def test_a_mail_takes_ten_seconds_at_most(monkeypatch: pytest.MonkeyPatch, left: float, given: float) -> None:
    """The whole conversation takes at most ten seconds, or less if the invocation ends sooner."""
    seen: list[float] = []

    def connect(_server: MailServer, _trust: object, seconds: float) -> None:
        seen.append(seconds)
        raise TimeoutError

    monkeypatch.setattr("shared.notifications.mail.connect", connect)
    with pytest.raises(Unavailable):
        send(plain(25), mail(), seconds=left - 0.5)
    assert given - 0.6 < seen[0] <= left
    assert seen[0] <= 10


@pytest.mark.parametrize(("answer", "kind"), [("550 no such user", Rejected), ("451 later, alice", Unavailable)])
def test_for_good_and_for_now_are_told_apart(answer: str, kind: type[ImAccessError]) -> None:
    """An answer of 5xx is final and 4xx is not; the error has a code, and neither the address nor the answer."""
    with serving(Box(answer)) as port, pytest.raises(kind) as failed:
        send(plain(port), mail())
    assert answer[:3] in failed.value.detail
    assert "alice" not in str(failed.value)


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize(("reply", "kind"), [("554 no", Rejected), ("421 later", Unavailable), (None, Unavailable)])
def test_each_step_of_the_conversation_may_fail(step: int, reply: str | None, kind: type[ImAccessError]) -> None:
    """A failure at the greeting, EHLO, sender, recipient or data is final or temporary as its answer says, and
    temporary without one.
    """
    good = ("220 hello", "250 hello", "250 ok", "250 ok", "354 go on")[:step]
    last = () if reply is None else (reply,) if step != 1 else (reply, reply)
    with replying(*good, *last) as port, pytest.raises(kind) as failed:
        send(plain(port), mail())
    assert failed.value.code == ("mail_refused" if kind is Rejected else "cloud_unavailable")


@pytest.mark.parametrize(("code", "kind"), [("535 5.7.8 no", Rejected), ("454 4.7.0 later", Unavailable)])
def test_a_password_may_be_refused(code: str, kind: type[ImAccessError]) -> None:
    """A refused password is a final or a temporary failure, and the error shows neither the password nor the answer."""
    with replying("220 hello", "250-hello\r\n250 AUTH PLAIN", code) as port, pytest.raises(kind) as failed:
        send(MailServer("127.0.0.1", port, "none", "me", Secret("geheim")), mail())
    assert code[:3] in failed.value.detail
    assert "5.7" not in failed.value.detail
    assert "4.7" not in failed.value.detail
    assert "geheim" not in str(failed.value)


def test_nobody_answers() -> None:
    """Where no mail server listens, the mail is tried again later."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with pytest.raises(Unavailable):
        send(plain(port), mail())


def test_a_server_that_drips_is_ended() -> None:
    """A server that sends one byte at a time is given up when the time for the whole mail is over."""
    stop = threading.Event()

    def drip(server: socket.socket) -> None:
        connection, _ = server.accept()
        with connection:
            while not stop.wait(0.05):
                try:
                    connection.send(b"2")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            send(plain(server.getsockname()[1]), mail(), seconds=0.4)
        took = time.monotonic() - began
        stop.set()
        thread.join()
    assert took < 2


@pytest.mark.parametrize(
    "to",
    [
        "",
        "alice",
        "alice@",
        "a@b\r\nBcc: c@d",
        "a@b, c@d",
        "A <a@b>",
        "a b@c.example",
        "a@-b.example",
        "ä@b",
        "a@..",
        "a@\u200b",
        "a@" + "例" * 64,
        '"a"@b',
    ],
)
def test_an_address_that_is_none_is_refused(to: str) -> None:
    """A mail to a malformed address is not sent, and the address is not logged."""
    with pytest.raises(Rejected) as failed:
        send(MailServer("127.0.0.1", 1, "none", "", Secret("")), mail(to))
    assert failed.value.code == "mail_refused"
    assert not to or to not in failed.value.detail
