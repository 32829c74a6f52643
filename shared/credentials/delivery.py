"""How a credentials file reaches its person: by a presigned link, or by a page on which it is claimed once."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit, urlunsplit

from shared.credentials.link import Link
from shared.errors import Unavailable
from shared.ports import Clock, Store
from shared.secret import Secret

SignLink = Callable[[str, int], Link]
"""A presigned link to an object key for so many seconds, or for as long as the signing credentials live."""


SHORTEST_LINK = 240.0
"""Seconds that a link must live that is sent to somebody, who reads mail or messages in their own time."""


class Recipient(NamedTuple):
    """The recipient of a link: the user, the request that made it, and the kind of the key that encrypts the file."""

    user: str
    uin: int | None
    request_id: str
    key_kind: str = ""


class Delivery(Protocol):
    """Makes links to a credentials file."""

    def available(self, file: str) -> bool:
        """Whether a new link would still lead to the file."""

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:
        """A new link. Raises Unavailable, CloudError."""


class LinkDelivery:
    """A presigned link: whoever has it reads the file, as often as they like, until it expires."""

    def __init__(self, store: Store, sign: SignLink) -> None:
        self._store = store
        self._sign = sign

    def available(self, file: str) -> bool:
        """Whether the file is there."""
        return self._store.exists(file)

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:  # noqa: ARG002 - the other delivery notes whose it is
        """A link that is valid for its time, or until the credentials that sign it end."""
        return self._sign(file, ttl)


class ClaimDelivery:
    """The address of the credentials page with a fresh token; its time does not depend on anybody's credentials."""

    def __init__(self, store: Store, clock: Clock, page: str) -> None:
        self._store = store
        self._clock = clock
        self._page = page

    def available(self, file: str) -> bool:
        """Whether the file is there and nobody has claimed it."""
        from shared.credentials.pick_up_records import opening_key

        return self._store.exists(file) and not self._store.exists(opening_key(file))

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:
        """A new link, whose token no other link has; only the token's hash is stored."""
        from shared.credentials.pick_up_records import PickUpLink, digest

        token = secrets.token_urlsafe(32)
        now = int(self._clock.now())
        link = PickUpLink(digest(token), file, *recipient[:3], now, now + ttl, recipient.key_kind)
        if not self._store.create(link.key, link.dump()):
            raise Unavailable("The claim could not be written")
        return Link(Secret(address(self._page, token)), now + ttl)


def address(page: str, token: str) -> str:
    """The page's URL with the token as the last part of its path; a query stays where it is."""
    parts = urlsplit(page)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{token}"))
