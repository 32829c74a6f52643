"""Parsers of the settings for mail, the organisation and its contact. Errors say what is wrong, never the value."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from shared.secret import Secret

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PORTS = {"smtps": 465, "smtp": 587}
_ADDRESS = (
    r"(?a)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
"""A valid address as HTML defines it (https://html.spec.whatwg.org/#valid-e-mail-address): no quotes, no comments."""


class MailServer(NamedTuple):
    """The mail server. `tls`: `always` (TLS from the first byte), `start` (STARTTLS), or `none`, which is for loopback
    only.
    """

    host: str
    port: int
    tls: str
    user: str
    password: Secret


def mail_server(value: str) -> MailServer:
    """Parse `smtps://user:password@host:465` or `smtp://…`; the latter is unencrypted only on loopback. Raises
    ValueError.
    """
    refused = ValueError("is no smtps://user:password@host:port or smtp://... URL")
    try:
        parts = urlsplit(value)
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
    except (ValueError, KeyError):
        raise refused from None
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    rest = parts.path.strip("/") or parts.query or parts.fragment
    if not host or not port or rest or bool(user) != bool(password) or not (value + user + password).isprintable():
        raise refused
    tls = "always" if parts.scheme == "smtps" else "none" if host in _LOOPBACK else "start"
    return MailServer(host, port, tls, user, Secret(password))


def mail_address(value: str) -> str:
    """An address such as `access@example.com`. Raises ValueError."""
    if not re.fullmatch(_ADDRESS, value):
        raise ValueError("is no mail address, such as access@example.com")
    return value


def person_address(value: str) -> str:
    """A person's address as mail servers take it, with its domain in ASCII (RFC 5890). Raises ValueError."""
    local, _, domain = value.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    return mail_address(f"{local}@{domain}")


def is_person_address(value: str | None) -> bool:
    """Whether mail can be sent to this address."""
    try:
        return bool(value and person_address(value))
    except ValueError:
        return False


def organisation(value: str) -> str:
    """A name that can be shown in a heading. Raises ValueError."""
    if not value.isprintable() or len(value) > 100:
        raise ValueError("is no text of at most 100 characters")
    return value


def contact(value: str) -> str:
    """A text, an https address or a mailto address. Raises ValueError."""
    if not value.isprintable() or len(value) > 200:
        raise ValueError("is no text of at most 200 characters")
    if value.startswith("mailto:"):
        mail_address(value.removeprefix("mailto:"))
    elif re.match(r"(?i)[a-z][a-z0-9+.-]*://|(?:https?|mailto|javascript|vbscript|data):", value, re.ASCII):
        parts = urlsplit(value)
        if parts.scheme != "https" or not parts.hostname or " " in value:
            raise ValueError("is no text, https address or mailto address")
    return value
