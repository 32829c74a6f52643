"""Parsers of settings. Each raises ValueError with a text that says what is wrong, but never holds the value."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from urllib.parse import urlsplit

USER = r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}"
"""The pattern of a user name in commands; a UIN matches it, too."""


_NO_ZONE = "is no time zone, such as Asia/Shanghai"


def bucket(value: str) -> str:
    """A bucket's name with its appid."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?-[1-9]\d{4,}", value, re.ASCII) or len(value) > 63:
        raise ValueError("is no bucket name with its appid, such as im-access-1250000000")
    return value


def region(value: str) -> str:
    """A region's name."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]", value, re.ASCII):
        raise ValueError("is no region, such as ap-guangzhou")
    return value


def policy_name(value: str) -> str:
    """A policy's name, custom or preset."""
    if not re.fullmatch(r"[\w+=,.@-]{1,128}", value, re.ASCII):
        raise ValueError("is no policy's name")
    return value


def user_name(value: str) -> str:
    """A sub-user's name, or a UIN."""
    if not re.fullmatch(USER, value, re.ASCII):
        raise ValueError("is no user name and no UIN")
    return value


def list_of(one: Callable[[str], str], what: str) -> Callable[[str], tuple[str, ...]]:
    """A parser of lists, separated by commas or spaces, that parses every entry with `one`."""

    def parse(value: str) -> tuple[str, ...]:
        try:
            return tuple(one(name) for name in value.replace(",", " ").split())
        except ValueError:
            raise ValueError(f"is no list of {what}, separated by commas or spaces") from None

    return parse


def group_policies(value: str) -> tuple[tuple[str, str], ...]:
    """Groups by their display names, each with its policy: `Display name=Policy`, separated by commas."""
    rows: dict[str, tuple[str, str]] = {}
    for one in filter(None, (part.strip() for part in value.split(","))):
        name, separator, policy = (part.strip() for part in one.rpartition("="))
        if not (separator and name and len(name) <= 256 and name.isprintable()) or name.casefold() in rows:
            raise ValueError("is no list of Display name=Policy, separated by commas, with no name twice")
        rows[name.casefold()] = (name, policy_name(policy))
    return tuple(rows.values())


def number(low: int, high: int) -> Callable[[str], int]:
    """A whole number within limits."""

    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 10) or not low <= int(value) <= high:
            raise ValueError(f"is no whole number from {low} to {high}")
        return int(value)

    return parse


def time_zone(value: str) -> str:
    """The name of a time zone in the IANA database. Whether it exists is checked when it is used."""
    if not re.fullmatch(r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}", value, re.ASCII):
        raise ValueError(_NO_ZONE)
    return value


def zone(name: str) -> tzinfo:
    """The time zone of a name. Raises ValueError."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(_NO_ZONE) from None


def one_of(*words: str) -> Callable[[str], str]:
    """One of these words, in any case."""

    def parse(value: str) -> str:
        if value.lower() not in words:
            raise ValueError("is none of " + ", ".join(words))
        return value.lower()

    return parse


def flag(on: str, off: str) -> Callable[[str], bool]:
    """True for the one word, False for the other."""
    choose = one_of(on, off)
    return lambda value: choose(value) == on


def level(value: str) -> str:
    """A log level's name."""
    return one_of("debug", "info", "warning", "error", "critical")(value).upper()


def url(value: str) -> str:
    """Any http or https URL."""
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    # Behind a backslash some programs read the host, others the path.
    if not good or any(char.isspace() or char < " " or char in "\x7f\\" for char in value):
        raise ValueError("is no http or https URL")
    return value


def public_url(value: str) -> str:
    """An https URL, or http on loopback: links are sent there, so nobody on the way may read them."""
    parts = urlsplit(url(value))
    if parts.scheme != "https" and not re.fullmatch(r"localhost|::1|127(\.\d{1,3}){3}", parts.hostname or "", re.ASCII):
        raise ValueError("is no https URL: http is for 127.0.0.0/8, [::1] and localhost alone")
    return value


def base_url(value: str) -> str:
    """A public base URL, without a slash at its end."""
    parts = urlsplit(public_url(value))
    if parts.query or parts.fragment or parts.username:
        raise ValueError("is no plain https://host/path URL")
    return value.rstrip("/")


def endpoint(value: str) -> str:
    """A service's scheme, host and port."""
    parts = urlsplit(url(value))
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError("is no plain scheme://host:port URL")
    return f"{parts.scheme}://{parts.netloc}"


def page(value: str) -> str:
    """The address of a page, to which a link's token is added."""
    if urlsplit(public_url(value)).fragment or urlsplit(value).username:
        raise ValueError("is no https URL of a page")
    return value


def uin(value: str) -> str:
    """A main account's number."""
    if not re.fullmatch(r"[1-9]\d{4,19}", value, re.ASCII):
        raise ValueError("is no UIN")
    return value
