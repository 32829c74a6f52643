"""A mailbox for every address: it keeps the mails that an SMTP client sends, and forwards none."""

import email
import email.policy
import socketserver
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import cast

from local.background_server import BackgroundServer
from local.smtp import Session


@dataclass(frozen=True)
class Mail:
    """A mail as it was received: the envelope's addresses, and the raw message."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        """The parsed message."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    def shown(self) -> dict[str, object]:
        """The mail as JSON: the envelope, the usual headers and both bodies; a missing part is null."""
        message = self.message
        return {
            "sender": self.sender,
            "recipients": list(self.recipients),
            "from": message["From"],
            "to": message["To"],
            "subject": message["Subject"],
            "date": message["Date"],
            "message_id": message["Message-ID"],
            "text": body(message, "plain"),
            "html": body(message, "html"),
        }


def body(message: EmailMessage, kind: str) -> str | None:
    """The text of the message's plain or HTML part, with plain line feeds."""
    part = message.get_body((kind,))
    return cast("str", part.get_content()).replace("\r\n", "\n") if part else None


class Mailbox:
    """Listens on a free port of loopback after `start`. `mails` are the received mails, oldest first.

    While `failure` is set, for example to `451 try again later`, every mail gets this answer and is not kept.
    """

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.failure = ""
        self._server = BackgroundServer(lambda: Server(("127.0.0.1", 0), handler(self)), "mailbox")

    @property
    def url(self) -> str:
        """The address, such as `smtp://127.0.0.1:2525`. Raises RuntimeError before `start`."""
        if self._server.port is None:
            raise RuntimeError("the mailbox is not running")
        return f"smtp://127.0.0.1:{self._server.port}"

    def shown(self) -> list[dict[str, object]]:
        """Every mail as JSON."""
        return [mail.shown() for mail in list(self.mails)]

    def take(self, sender: str, recipients: tuple[str, ...], raw: bytes) -> str:
        """Keep a mail, unless `failure` is set. Returns the SMTP reply."""
        if self.failure:
            return self.failure
        self.mails.append(Mail(sender, recipients, raw))
        return "250 OK"

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and free the port; received mails stay readable."""
        self._server.stop()


class Server(socketserver.ThreadingTCPServer):
    """A TCP server that stops without waiting for open connections."""

    daemon_threads = True


def handler(mailbox: Mailbox) -> type[socketserver.StreamRequestHandler]:
    """The SMTP side of a mailbox."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            # A client that goes away in the middle of a mail has sent none.
            try:
                Session(mailbox.take, self.rfile.readline, self.wfile.write).run()
            except ConnectionError:
                return

    return Handler
