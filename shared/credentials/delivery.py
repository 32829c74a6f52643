"""The two ways to deliver a credentials file: a presigned link, or a link to the page on which it is picked up once."""

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
"""Makes a presigned link to an object key, valid for this many seconds or until the signing credentials expire."""


SHORTEST_LINK = 240.0
"""The shortest validity (seconds) of a link that is sent to a person, who may read the message later."""


class Recipient(NamedTuple):
    """A link's recipient: the user, the request that created the credentials, and the kind of key that encrypts the
    file.
    """

    user: str
    uin: int | None
    request_id: str
    key_kind: str = ""


class Delivery(Protocol):
    """Makes links to a credentials file."""

    def available(self, file: str) -> bool:
        """Whether a new link to the file would still work."""

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:
        """A new link. Raises Unavailable, CloudError."""


class LinkDelivery:
    """Presigned links: whoever has the link can download the file, any number of times, until the link expires."""

    def __init__(self, store: Store, sign: SignLink) -> None:
        self._store = store
        self._sign = sign

    def available(self, file: str) -> bool:
        """Whether the file exists."""
        return self._store.exists(file)

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:  # noqa: ARG002 - the other delivery notes whose it is
        """A link that is valid for `ttl` seconds, or until the credentials that sign it expire."""
        return self._sign(file, ttl)


class ClaimDelivery:
    """Links to the credentials page, each with a new token. Their validity does not depend on any credentials."""

    def __init__(self, store: Store, clock: Clock, page: str) -> None:
        self._store = store
        self._clock = clock
        self._page = page

    def available(self, file: str) -> bool:
        """Whether the file exists and nobody has picked it up."""
        from shared.credentials.pick_up_records import opening_key

        return self._store.exists(file) and not self._store.exists(opening_key(file))

    def link(self, file: str, recipient: Recipient, ttl: int) -> Link:
        """A new link with its own token. Only the hash of the token is stored."""
        from shared.credentials.pick_up_records import PickUpLink, digest

        token = secrets.token_urlsafe(32)
        now = int(self._clock.now())
        link = PickUpLink(digest(token), file, *recipient[:3], now, now + ttl, recipient.key_kind)
        if not self._store.create(link.key, link.dump()):
            raise Unavailable("The claim could not be written")
        return Link(Secret(address(self._page, token)), now + ttl)


def address(page: str, token: str) -> str:
    """The page's URL with the token as the last part of the path; a query is kept."""
    parts = urlsplit(page)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{token}"))
