"""The mailbox takes mail as any SMTP server on loopback does, and shows it."""

import smtplib
import socket
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage

import pytest

from local.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A running mailbox."""
    running = Mailbox()
    running.start()
    yield running
    running.stop()


def address(mailbox: Mailbox) -> tuple[str, int]:
    """Host and port of its URL."""
    host, _, port = mailbox.url.removeprefix("smtp://").partition(":")
    return host, int(port)


def client(mailbox: Mailbox) -> smtplib.SMTP:
    """The standard library's client at the mailbox; a context manager."""
    return smtplib.SMTP(*address(mailbox), timeout=30)


def letter() -> EmailMessage:
    """A mail with a text and an HTML part in two languages, and lines that begin with dots."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = (
        "im@example.com",
        "alice@example.com",
        "Your access 您的访问权限",
    )
    message["Message-ID"] = "<1@example.com>"
    message.set_content("Hello 你好\n.\n..two dots\n")
    message.add_alternative("<p>Hello 你好</p>\n", subtype="html")
    return message


def test_a_mail_arrives_whole(mailbox: Mailbox) -> None:
    """Envelope, headers and both parts come as they were sent, whatever language and however many dots."""
    with client(mailbox) as smtp:
        smtp.send_message(letter(), to_addrs=["alice@example.com", "boss@example.com"])
    (shown,) = mailbox.shown()
    assert shown == {
        "sender": "im@example.com",
        "recipients": ["alice@example.com", "boss@example.com"],
        "from": "im@example.com",
        "to": "alice@example.com",
        "subject": "Your access 您的访问权限",
        "date": None,
        "message_id": "<1@example.com>",
        "text": "Hello 你好\n.\n..two dots\n",
        "html": "<p>Hello 你好</p>\n",
    }


def test_several_mails_over_one_connection(mailbox: Mailbox) -> None:
    """One connection carries one mail after another; what was begun and reset is none."""
    with client(mailbox) as smtp:
        smtp.sendmail("a@x", ["b@x"], b"Subject: 1\r\n\r\n")
        smtp.mail("a@x")
        smtp.rset()
        smtp.noop()
        smtp.sendmail("", ["b@x"], b"Subject: 2\r\n\r\n")
    assert [(mail.sender, mail.message["Subject"]) for mail in mailbox.mails] == [("a@x", "1"), ("", "2")]
    assert mailbox.shown()[0]["html"] is None


def test_it_fails_on_demand(mailbox: Mailbox) -> None:
    """While a failure is set, every mail is refused with it and not kept."""
    mailbox.failure = "451 try again later"
    with client(mailbox) as smtp:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.send_message(letter())
        assert refused.value.smtp_code == 451
        mailbox.failure = ""
        smtp.send_message(letter())
    assert len(mailbox.mails) == 1


def test_commands_out_of_order(mailbox: Mailbox) -> None:
    """A recipient needs a sender, a message a recipient; addresses stand in brackets; more is not understood."""
    with client(mailbox) as smtp:
        assert smtp.docmd("DATA")[0] == 503
        assert smtp.docmd("RCPT", "TO:<b@x>")[0] == 503
        assert smtp.docmd("MAIL", "FROM:a@x")[0] == 501
        assert smtp.docmd("MAIL", "TO:<a@x>")[0] == 501
        assert smtp.docmd("MAIL", "FROM:<a@x> SIZE=5")[0] == 250
        assert smtp.docmd("RCPT", "TO:<>")[0] == 501
        assert smtp.docmd("DATA")[0] == 503
        assert smtp.docmd("AUTH", "PLAIN x")[0] == 502
        assert smtp.helo()[0] == 250
    assert mailbox.mails == []


@pytest.mark.parametrize("said", [b"", b"MAIL FROM:<a@x>\r\n", b"MAIL FROM:<a@x>\r\nRCPT TO:<b@x>\r\nDATA\r\nhalf\r\n"])
def test_what_breaks_off_is_no_mail(mailbox: Mailbox, said: bytes) -> None:
    """A client that goes away in the middle has sent nothing, and the next one is served."""
    with closing(socket.create_connection(address(mailbox), timeout=30)) as connection:
        connection.sendall(said)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass
    with client(mailbox) as smtp:
        smtp.send_message(letter())
    assert [mail.message["Message-ID"] for mail in mailbox.mails] == ["<1@example.com>"]


def test_a_message_too_large(mailbox: Mailbox) -> None:
    """A message of more than 10 MB is refused, whether or not its size was told before."""
    with client(mailbox) as smtp:
        smtp.ehlo()
        smtp.esmtp_features.pop("size")
        with pytest.raises(smtplib.SMTPDataError) as refused:
            smtp.sendmail("a@x", ["b@x"], b"x" * 998 + b"\r\n" + (b"y" * 998 + b"\r\n") * 10_500)
        assert refused.value.smtp_code == 552
    assert mailbox.mails == []


def test_it_is_nowhere_before_and_after() -> None:
    """Without a start there is no URL; after a stop the port is free and the mails can still be read."""
    mailbox = Mailbox()
    mailbox.stop()
    with pytest.raises(RuntimeError):
        assert mailbox.url
    mailbox.start()
    where = address(mailbox)
    with client(mailbox) as smtp:
        smtp.send_message(letter())
    mailbox.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(where)
    assert len(mailbox.shown()) == 1
