"""SMTP connections with a limit for their whole time. They are encrypted, except on loopback."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared.mail_settings import MailServer


@contextmanager
def connect(server: MailServer, trust: Callable[[], ssl.SSLContext], seconds: float) -> Iterator[smtplib.SMTP]:
    """A connection that lasts at most this many seconds, even if the server is slow.

    Raises OSError, smtplib.SMTPException.
    """
    smtp = _open(server, trust, seconds)
    try:
        if server.tls == "start":
            smtp.starttls(context=trust())
        yield smtp
    finally:
        smtp.ending.cancel()
        smtp.close()


class _Limited(smtplib.SMTP):
    """Closes the connection at the time limit. A socket's own limit would start again with each byte of a slow
    server.
    """

    def connect(self, host: str = "localhost", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:  # noqa: ANN401 - as the original
        """Connect and read the greeting, within the time limit."""
        self.ending = threading.Timer(self.timeout, self._end)
        self.ending.daemon = True
        self.ending.start()
        try:
            return super().connect(host, port, source_address)
        except BaseException:
            self.ending.cancel()
            raise

    def _end(self) -> None:
        if self.sock is not None:
            try:
                self.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                # It is closed already, as intended.
                return


class _LimitedTls(_Limited, smtplib.SMTP_SSL):
    """The same, with TLS from the first byte."""


def _open(server: MailServer, trust: Callable[[], ssl.SSLContext], seconds: float) -> _Limited:
    if server.tls == "always":
        return _LimitedTls(server.host, server.port, timeout=seconds, context=trust())
    return _Limited(server.host, server.port, timeout=seconds)
