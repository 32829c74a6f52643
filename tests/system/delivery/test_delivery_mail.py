"""Mail: a letter in two languages, handed in within a time limit; what may work later told from what will not."""

from __future__ import annotations

import asyncio
import email
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.errors import ImAccessError, Rejected, Unavailable
from shared.mail_settings import MailServer, contact, mail_address, mail_server, organisation
from shared.notifications.mail import Mail, Mailer
from shared.secret import Secret
from shared.web.invitation_mail import invitation
from shared.web.site import Site

# A key for these tests alone: it signs for loopback and nobody trusts it.
CERTIFICATE = Path(__file__).with_name("mail_server.pem")
LINK = "https://im.example.com/claim/" + "A" * 43
KEY = "0f" * 32


class Box:
    """Takes mail, or answers recipients with another code."""

    def __init__(self, answer: str = "250 OK") -> None:
        self.answer = answer
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(  # noqa: N802 - as the library calls it
        self,
        server: SMTP,  # noqa: ARG002 - as the library calls it
        session: Session,  # noqa: ARG002 - as above
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002 - as above
    ) -> str:
        """Take a recipient or not."""
        envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - as above
        """Keep the mail."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=default)
        assert isinstance(message, EmailMessage)
        assert (envelope.mail_from, envelope.rcpt_tos) == ("access@example.com", [str(message["To"])])
        self.taken.append(message)
        return "250 OK"


@contextmanager
def serving(box: Box, tls: ssl.SSLContext | None = None, **options: Any) -> Iterator[int]:  # noqa: ANN401 - the library's own
    """A mail server on loopback, with `tls` encrypted from the first byte; its port."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    ports: list[int] = []

    async def start() -> asyncio.Server:
        server = await loop.create_server(lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0, ssl=tls)
        ports.append(server.sockets[0].getsockname()[1])
        return server

    def run() -> None:
        server = loop.run_until_complete(start())
        ready.set()
        loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait(5)
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)


def mail(to: str = "alice@example.com", site: Site = Site("zh", "Example 科技", "mailto:it@example.com")) -> Mail:  # noqa: B008 - a value that nothing changes
    """The invitation for alice."""
    return Mail(KEY, "2026-01-02T03:04:05Z", to, *invitation("alice", Secret(LINK), 1767323045, site))


def send(server: MailServer, what: Mail, seconds: float = 5.0, organisation: str = "Example 科技") -> None:
    """Hand it in, from now on for so many seconds."""
    clock = SystemClock()
    mailer = Mailer(server, "access@example.com", organisation, lambda: ssl.create_default_context(cafile=CERTIFICATE))
    mailer.send(what, Deadline(clock, clock.now() + seconds + 0.5))


def plain(port: int) -> MailServer:
    """On loopback, without encryption."""
    return mail_server(f"smtp://127.0.0.1:{port}")


def test_a_mail_arrives_as_it_was_meant() -> None:
    """Both parts in both languages with the link, Chinese first as asked, and the same Message-ID each time."""
    box = Box()
    with serving(box) as port:
        for _ in range(2):
            send(plain(port), mail())
    first, second = box.taken
    assert first["Message-ID"] == second["Message-ID"] == f"<{KEY}@example.com>"
    assert first["From"] == "Example 科技 <access@example.com>"
    assert first["Subject"] == "Example 科技: 您的访问凭证已就绪 / Your access credentials are ready"
    assert first["Date"] == "Fri, 02 Jan 2026 03:04:05 +0000"
    assert first["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        part = first.get_body((kind,))
        assert part is not None
        text = part.get_content()
        assert text.count(LINK) == 2
        assert text.index("已就绪") < text.index("接下来") < text.index(" ready") < text.index("What to do next")
        assert "2026年1月2日 11:04（北京时间）" in re.sub("<.*?>", "", text)
        assert "2 January 2026, 03:04 UTC" in re.sub("<.*?>", "", text)
        assert "it@example.com" in text
        for told in ("首次登录时修改密码", "供程序调用", "change the password at the first login", "for programs"):
            assert told in text


def test_a_language_chooses_which_comes_first() -> None:
    """The mail to a reader of English has the English text first."""
    text = mail(site=Site("en")).text.reveal()
    assert text.index("ready to be picked up") < text.index("请领取")
    assert mail(site=Site("en")).subject == "Your access credentials are ready / 您的访问凭证已就绪"


def test_a_letter_shows_its_link_to_nobody_else() -> None:
    """Neither the letter nor the mail prints it; what is set by the operator is text in the HTML."""
    assert LINK not in repr(mail())
    evil = "<script>\"&'</script>"
    html = invitation("alice", Secret(LINK), 0, Site("en", evil, evil)).html.reveal()
    assert "<script" not in html


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_mail_is_encrypted_and_authenticated(scheme: str) -> None:
    """From the first byte, or with STARTTLS before the password is said."""
    seen: list[tuple[bool, object]] = []

    def check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:  # noqa: ARG001 - as the library calls it
        assert isinstance(data, LoginPassword)
        seen.append((session.ssl is not None or scheme == "smtps", (data.login, data.password)))
        return AuthResult(success=True)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    start: dict[str, Any] = {} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    box = Box()
    with serving(
        box, context if scheme == "smtps" else None, authenticator=check, auth_require_tls=scheme == "smtp", **start
    ) as port:
        server = MailServer("127.0.0.1", port, "always" if scheme == "smtps" else "start", "me", Secret("pass word"))
        send(server, mail())
    assert len(box.taken) == 1
    assert seen == [(True, (b"me", b"pass word"))]


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtps://me:word@mail.example.com", 465, "always"),
        ("smtp://me:word@mail.example.com", 587, "start"),
        ("smtp://mail.example.com:25", 25, "start"),
        ("smtps://127.0.0.1", 465, "always"),
        ("smtp://127.0.0.1", 587, "none"),
        ("smtp://[::1]:2525", 2525, "none"),
        ("smtp://127.0.0.1.example.com", 587, "start"),
    ],
)
def test_only_loopback_is_plain(url: str, port: int, tls: str) -> None:
    """With the port of the scheme where the URL names none."""
    server = mail_server(url)
    assert (server.port, server.tls) == (port, tls)


def test_a_server_without_starttls_gets_nothing() -> None:
    """A mail server without STARTTLS gets neither a mail nor the password."""
    box = Box()
    with serving(box) as port, pytest.raises(Rejected):
        send(MailServer("127.0.0.1", port, "start", "me", Secret("x")), mail())
    assert not box.taken


@pytest.mark.parametrize("tls", ["always", "start"])
def test_a_certificate_that_is_not_trusted_ends_it(tls: str) -> None:
    """Without the tests' own trust the server is nobody: it sees neither the password nor the mail."""
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
    """All of its conversation together, and less where the invocation ends sooner."""
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
    """5xx is final, 4xx is not; the error has the code, and nothing of address or answer."""
    with serving(Box(answer)) as port, pytest.raises(kind) as failed:
        send(plain(port), mail())
    assert answer[:3] in failed.value.detail
    assert "alice" not in str(failed.value)


@contextmanager
def replying(*replies: str) -> Iterator[int]:
    """A server on loopback that says these lines, one after each line of its client, and then hangs up; its port."""

    def converse(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            for n, reply in enumerate(replies):
                if n and not lines.readline():
                    return
                connection.sendall(f"{reply}\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=converse, args=(listening,))
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(5)


@pytest.mark.parametrize("step", range(5))
@pytest.mark.parametrize(("reply", "kind"), [("554 no", Rejected), ("421 later", Unavailable), (None, Unavailable)])
def test_each_step_of_the_conversation_may_fail(step: int, reply: str | None, kind: type[ImAccessError]) -> None:
    """At the greeting, EHLO, sender, recipient or data: for good, for now, or by hanging up."""
    good = ("220 hello", "250 hello", "250 ok", "250 ok", "354 go on")[:step]
    last = () if reply is None else (reply,) if step != 1 else (reply, reply)
    with replying(*good, *last) as port, pytest.raises(kind) as failed:
        send(plain(port), mail())
    assert failed.value.code == ("mail_refused" if kind is Rejected else "cloud_unavailable")


@pytest.mark.parametrize(("code", "kind"), [("535 5.7.8 no", Rejected), ("454 4.7.0 later", Unavailable)])
def test_a_password_may_be_refused(code: str, kind: type[ImAccessError]) -> None:
    """For good or for now; neither the password nor the answer is told."""
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
    """One byte at a time, each within any time limit of a read: the whole takes no longer than it may."""
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


def test_a_domain_in_any_script_is_written_as_servers_know_it() -> None:
    """The address of a Chinese domain goes out in its ASCII form, in the envelope and in the header."""
    box = Box()
    with serving(box) as port:
        send(plain(port), mail("wei.zhang@例子.公司"))
    (message,) = box.taken
    assert message["To"] == "wei.zhang@xn--fsqu00a.xn--55qx5d"


def test_dots_and_long_lines_survive() -> None:
    """A line with one dot ends no mail, and a name with line breaks adds no header."""
    box = Box()
    with serving(box) as port:
        told = mail()._replace(text=Secret(".\n..\n" + "x" * 5000), subject="a\r\nBcc: b@example.com")
        send(plain(port), told, organisation="A\r\nBcc: c@example.com")
    (message,) = box.taken
    part = message.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == ".\n..\n" + "x" * 5000 + "\n"
    assert message["Bcc"] is None


@given(st.text())
def test_any_text_is_a_setting_or_a_refusal(text: str) -> None:
    """Nothing but ValueError comes of any text, and what is taken is one line."""
    for parse in (mail_server, mail_address, contact, organisation):
        for value in (text, f"smtps://{text}", f"mailto:{text}", f"https://{text}", f"a@{text}"):
            try:
                parse(value)
            except ValueError:
                continue
            assert value.isprintable()
