"""Sends one mail over SMTP, with a time limit (https://www.rfc-editor.org/rfc/rfc5321).

A temporary failure (no answer, 4xx) raises Unavailable. A permanent one (5xx: an unknown address, a wrong password)
raises Rejected. Neither text holds an address or the words of the server.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from shared.clock import parse_rfc3339
from shared.deadline import Deadline
from shared.errors import Rejected, Unavailable
from shared.mail_settings import MailServer, mail_address, person_address
from shared.notifications.smtp_connection import connect
from shared.secret import Secret

_TOTAL = 10.0
"""The most seconds for sending one mail, from connecting to the last answer."""


class Mail(NamedTuple):
    """A mail. `key` (64 hex digits) makes the Message-ID, which is the same in each repetition; `time` is RFC 3339."""

    key: str
    time: str
    to: str
    subject: str
    text: Secret
    html: Secret


class Mailer:
    """The mail server, and the address and name of the sender. `trust`: makes the context that verifies
    certificates.
    """

    def __init__(
        self,
        server: MailServer,
        sender: str,
        organisation: str,
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._server = server
        self._sender = sender
        self._organisation = organisation
        self._trust = trust

    def send(self, mail: Mail, deadline: Deadline) -> None:
        """Send it. Raises Unavailable for a temporary failure, Rejected `mail_refused` for a permanent one."""
        message = self._message(mail)
        deadline.spend("mail")
        seconds = min(_TOTAL, max(0.1, deadline.remaining()))
        try:
            self._hand_in(message, str(message["To"]), seconds)
        except smtplib.SMTPRecipientsRefused as error:
            raise _failure(max(code for code, _ in error.recipients.values())) from None
        except smtplib.SMTPResponseException as error:
            raise _failure(error.smtp_code) from None
        except smtplib.SMTPNotSupportedError:
            raise Rejected("mail_refused", "The mail server does not offer what is needed: STARTTLS, log-in") from None
        except (OSError, smtplib.SMTPException, EOFError):
            # The error text may hold an address or the words of the server.
            raise Unavailable("The mail was not taken: no answer", retry_after=5) from None

    def _hand_in(self, message: EmailMessage, to: str, seconds: float) -> None:
        server = self._server
        with connect(server, self._trust, seconds) as smtp:
            if server.user:
                smtp.login(server.user, server.password.reveal())
            smtp.send_message(message, self._sender, [to])

    def _message(self, mail: Mail) -> EmailMessage:
        """The mail with its headers. Addresses are checked, so that none can add a header or a recipient."""
        try:
            sender, to = mail_address(self._sender), person_address(mail.to)
        except ValueError as error:
            raise Rejected("mail_refused", f"The address {error}") from None
        local, _, domain = sender.rpartition("@")
        message = EmailMessage(policy=SMTP)
        message["From"] = Address(_one_line(self._organisation), local, domain)
        message["To"] = to
        message["Subject"] = _one_line(mail.subject)
        message["Message-ID"] = f"<{mail.key}@{domain}>"
        message["Date"] = format_datetime(_moment(mail.time))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text.reveal(), cte="quoted-printable")
        message.add_alternative(mail.html.reveal(), subtype="html", cte="quoted-printable")
        return message


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _moment(time: str) -> datetime:
    return datetime.fromtimestamp(parse_rfc3339(time), timezone.utc)


def _failure(code: int) -> Rejected | Unavailable:
    if 500 <= code < 600:
        return Rejected("mail_refused", f"The mail server refused the mail: {code}")
    return Unavailable(f"The mail was not taken: {code}", retry_after=60)
