"""Makes links to credentials files: presigned links, or links to the credentials page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.bootstrap.clients import Clients
from shared.errors import Rejected, Unavailable

if TYPE_CHECKING:
    from shared.commands.command import Command
    from shared.commands.result import Result
    from shared.credentials.delivery import Delivery, SignLink
    from shared.credentials.link import Link
    from shared.idempotency.request import Finished, Request
    from shared.tencent.cos import Cos


class Links(Clients):
    """An invocation that can make links to credentials files."""

    def link(self, store: Cos, request: Request[Command], result: Result) -> Link | None:
        """A new link to the credentials in the result, or None. Raises Unavailable, CloudError, Misconfigured."""
        from shared.commands.result import Delivered
        from shared.credentials.delivery import Recipient

        if not isinstance(result, Delivered) or result.file is None:
            return None
        user = result.user
        recipient = Recipient(user.name, user.uin, request.id, key_kind_of(request))
        return self.delivery(store).link(result.file, recipient, self.link_ttl(request))

    def link_ttl(self, request: Request[Command]) -> int:
        """Seconds for which a link of this request is valid."""
        asked: int | None = getattr(request.command, "link_ttl", None)
        return asked or self.settings.link_ttl

    def link_for_caller(self, store: Cos, request: Request[Command], finished: Finished[Result]) -> Link | None:
        """The link for an HTTP answer; None where another caller sent the request first. Raises Rejected
        `credentials_gone`.
        """
        from shared.commands.result import Delivered

        if finished.caller != request.caller:
            return None
        result = finished.result
        file = result.file if isinstance(result, Delivered) else None
        if finished.replayed and file and not self.delivery(store).available(file):
            raise Rejected("credentials_gone")
        return self.link(store, request, result) if self.settings.answer_link else None

    def delivery(self, store: Cos) -> Delivery:
        """The kind of delivery in the settings. Raises Misconfigured."""
        from shared.credentials.delivery import ClaimDelivery, LinkDelivery

        page = self.settings.page
        return LinkDelivery(store, self.signer(store)) if page is None else ClaimDelivery(store, self.clock, page)

    def signer(self, store: Cos) -> SignLink:
        """A function that signs links with the function's own credentials, and says when they end."""
        from shared.credentials.csv_file import download_name, link_end
        from shared.credentials.link import Link

        def sign(file: str, ttl: int) -> Link:
            now = self.clock.now()
            since = self.instance.first_seen.since(self.credentials(), now)
            end = link_end(now, ttl, since, self.settings.credential_lifetime)
            if end <= now:
                raise Unavailable("The function's own credentials are too old to sign a link", retry_after=60)
            return Link(store.presign(file, now=now, until=end, filename=download_name(file)), end)

        return sign


def key_kind_of(request: Request[Command]) -> str:
    """The kind of key that encrypts the credentials, "" where they are not encrypted."""
    public_key: str | None = getattr(request.command, "encrypt_to", None)
    if public_key is None:
        return ""
    from shared.credentials.pick_up_records import key_kind

    return key_kind(public_key)
