"""Mails: their text in two languages, their encryption, and the addresses to which they go."""

from __future__ import annotations

import re
import ssl
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from shared.mail_settings import MailServer, contact, mail_address, mail_server, organisation
from shared.secret import Secret
from shared.web.invitation_mail import invitation
from shared.web.site import Site
from tests.system.delivery.mail_servers import CERTIFICATE, KEY, LINK, Box, mail, plain, send, serving


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
    """A mail to a reader of English begins with the English text."""
    text = mail(site=Site("en")).text.reveal()
    assert text.index("ready to be picked up") < text.index("请领取")
    assert mail(site=Site("en")).subject == "Your access credentials are ready / 您的访问凭证已就绪"


def test_a_letter_shows_its_link_to_nobody_else() -> None:
    """The repr of a letter and of a mail does not show the link, and texts of the operator are escaped in HTML."""
    assert LINK not in repr(mail())
    evil = "<script>\"&'</script>"
    html = invitation("alice", Secret(LINK), 0, Site("en", evil, evil)).html.reveal()
    assert "<script" not in html


@pytest.mark.parametrize("scheme", ["smtps", "smtp"])
def test_mail_is_encrypted_and_authenticated(scheme: str) -> None:
    """The connection is encrypted from the first byte, or by STARTTLS before the password is sent."""
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
    """Any text is a setting of one line, or raises ValueError and nothing else."""
    for parse in (mail_server, mail_address, contact, organisation):
        for value in (text, f"smtps://{text}", f"mailto:{text}", f"https://{text}", f"a@{text}"):
            try:
                parse(value)
            except ValueError:
                continue
            assert value.isprintable()
