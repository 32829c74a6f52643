"""The composition of what hands credentials over and tells of it, for the commands, the page and the sweep alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.credentials.csv_file import download_name, link_end
from shared.credentials.delivery import ClaimDelivery, Delivery, LinkDelivery, Sign
from shared.credentials.link import Link
from shared.deadline import Deadline
from shared.errors import Misconfigured, Unavailable
from shared.tencent.cos import Cos

if TYPE_CHECKING:
    from shared.credentials.pick_up_attempts import Tell
    from shared.notifications.events import Notification
    from shared.notifications.webhook import WebhookNotifier
    from shared.site import Site

_TELLING = 4.0
"""Seconds that a person at the page waits for the receiver of notifications."""


def delivery(site: Site, cos: Cos) -> Delivery:
    """What the settings say about links. Raises Misconfigured."""
    settings = site.settings
    if settings.delivery == "link":
        return LinkDelivery(cos, signer(site, cos))
    if settings.claim_url is None:
        raise Misconfigured("IM_ACCESS_CLAIM_URL", "is required with IM_ACCESS_DELIVERY=claim")
    return ClaimDelivery(cos, site.clock, settings.claim_url)


def signer(site: Site, cos: Cos) -> Sign:
    """Signs links with the function's own credentials, and says truly how long they will live."""

    def sign(file: str, ttl: int) -> Link:
        now = site.clock.now()
        since = site.warm.connections.seen_since(site.credentials(), now)
        end = link_end(now, ttl, since, site.settings.credential_lifetime)
        if end <= now:
            raise Unavailable("The function's own credentials are too old to sign a link", retry_after=60)
        return Link(cos.presign(file, now=now, until=end, filename=download_name(file)), end)

    return sign


def notifier(site: Site) -> WebhookNotifier | None:
    """Who is told, or None."""
    settings = site.settings
    if settings.notify_url is None:
        return None
    if settings.notify_secret is None:
        raise Misconfigured("IM_ACCESS_NOTIFY_SECRET", "is required with IM_ACCESS_NOTIFY_URL")
    from shared.event_sources.standard_webhooks import sign
    from shared.notifications.webhook import WebhookNotifier

    return WebhookNotifier(site.warm.connections, settings.notify_url, settings.notify_secret, sign)


def teller(site: Site) -> Tell | None:
    """Tells one thing at a time, in a few seconds or not at all."""
    sender = notifier(site)
    if sender is None:
        return None

    def tell(notice: Notification) -> None:
        deadline = Deadline(site.clock, min(site.ends_at, site.clock.now() + _TELLING))
        sender.tell(site.function, notice, deadline)

    return tell
