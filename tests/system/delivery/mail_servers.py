"""Mail servers on loopback for tests, and a mail to send to them."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.mail_settings import MailServer, mail_server
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
    """Send a mail within so many seconds from now."""
    clock = SystemClock()
    mailer = Mailer(server, "access@example.com", organisation, lambda: ssl.create_default_context(cafile=CERTIFICATE))
    mailer.send(what, Deadline(clock, clock.now() + seconds + 0.5))


def plain(port: int) -> MailServer:
    """The settings of a mail server on loopback, without encryption."""
    return mail_server(f"smtp://127.0.0.1:{port}")


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
