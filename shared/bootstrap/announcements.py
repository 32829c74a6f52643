"""Sends the notifications and mails of an invocation, or stores them in the outbox for the sweep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from shared.bootstrap.links import Links, key_kind_of
from shared.clock import parse_rfc3339
from shared.errors import Misconfigured, Rejected, Unavailable
from shared.mail_settings import is_person_address

if TYPE_CHECKING:
    from shared.commands.command import Command
    from shared.commands.result import Result
    from shared.credentials.link import Link
    from shared.credentials.pick_up_attempts import Notify, PickUpAttempts
    from shared.deadline import Deadline
    from shared.idempotency.request import Request
    from shared.notifications.announcer import Announcer
    from shared.notifications.notification import Notification
    from shared.notifications.outbox import OutboxEntry, Parcel
    from shared.notifications.webhook import WebhookNotifier
    from shared.operations import Operation
    from shared.tencent.cos import Cos
    from shared.web.language import Language

    C = TypeVar("C", bound=Command)
    R = TypeVar("R", bound=Result)

_TELLING = 2.0
"""Seconds for which the credentials page waits for the receiver of notifications before it answers."""
_AT_ONCE = 60.0
"""Seconds after the end of a request in which its credentials file certainly exists."""


class Announcements(Links):
    """An invocation that can send notifications and mails."""

    def has_recipient(self, request: Request[Command]) -> bool:
        """Whether a notification or a mail would deliver the link to the credentials of a request."""
        return bool(self.settings.notify_url) or (
            self._mails_links and is_person_address(getattr(request.command, "email", None))
        )

    def entries(
        self, operation: Operation[C, R], request: Request[C], result: R, finished_at: str
    ) -> Iterator[OutboxEntry]:
        """The notification of a finished request; and the mail to the person whose credentials wait at the page."""
        if not (self.settings.receiver or self._mails_links):
            return
        from shared.commands.result import describe
        from shared.notifications.outbox import OutboxEntry, mail_of

        data, parcel = describe(request.id, result, None) | request.command.why(), self._parcel(request, result)
        about = (operation.function, operation.notification, request.key, finished_at)
        entry = OutboxEntry(*about, data, parcel, first_at=self.clock.now())
        if self.settings.receiver:
            yield entry
        if parcel and parcel.email and self._mails_links:
            yield mail_of(entry)

    @property
    def _mails_links(self) -> bool:
        return bool(self.settings.mail_url) and self.settings.delivery == "claim"

    def _parcel(self, request: Request[Command], result: Result) -> Parcel | None:
        from shared.commands.result import Delivered
        from shared.notifications.outbox import Parcel

        if not isinstance(result, Delivered) or result.file is None:
            return None
        user = result.user
        kind = key_kind_of(request)
        email: str | None = getattr(request.command, "email", None)
        language: str | None = getattr(request.command, "language", None)
        ttl = self.link_ttl(request)
        return Parcel(result.file, user.name, user.uin, request.id, ttl, email, language, key_kind=kind)

    def announce(self, entries: Iterator[OutboxEntry], store: Cos, deadline: Deadline) -> None:
        """Send each entry. An entry that its receiver does not accept is stored in the outbox. Raises Unavailable."""
        announcer = None
        for entry in entries:
            announcer = announcer or self.announcer(store, deadline)
            announcer.announce(entry)

    def announcer(self, store: Cos, deadline: Deadline) -> Announcer:
        """Sends an entry, or stores it in the outbox for the sweep."""
        from shared.notifications.announcer import Announcer
        from shared.notifications.outbox import Outbox

        return Announcer(Outbox(store, self.clock), self.sending(store), self.instance.receivers, deadline)

    def sending(self, store: Cos) -> Callable[[OutboxEntry, Deadline], None]:
        """A function that sends an entry; it raises Unavailable, or Rejected `credentials_gone` where the file is
        deleted.
        """
        from shared.commands.result import credentials
        from shared.credentials.delivery import SHORTEST_LINK, Recipient

        def send(entry: OutboxEntry, deadline: Deadline) -> None:
            if entry.parcel is None:
                self.notify(entry, {}, deadline)
                return
            parcel, delivery = entry.parcel, self.delivery(store)
            if self._is_late(entry) and (entry.outlives_file(self.clock.now()) or not delivery.available(parcel.file)):
                raise Rejected("credentials_gone")
            recipient = Recipient(parcel.user, parcel.uin, parcel.request_id, parcel.key_kind)
            link = delivery.link(parcel.file, recipient, parcel.ttl)
            if link.expires_at - self.clock.now() < min(parcel.ttl, SHORTEST_LINK):
                raise Unavailable("The function's own credentials end before anybody could use the link")
            if entry.is_mail:
                self._mail(entry, link, deadline)
            else:
                self.notify(entry, {"credentials": credentials(link)}, deadline)

        return send

    def notify(self, entry: OutboxEntry, more: dict[str, Any], deadline: Deadline) -> None:
        """Send a notification, with `more` content that is not stored, such as the link. Raises Unavailable."""
        from shared.notifications.notification import Notification

        sender = self._sender()
        if sender is not None:
            notification = Notification(entry.type, entry.key, entry.time, entry.data | more)
            sender.send(entry.function, notification, deadline)

    def _is_late(self, entry: OutboxEntry) -> bool:
        """Whether the credentials file may have been deleted since the request was finished."""
        return entry.tries > 0 or self.clock.now() - parse_rfc3339(entry.time) > _AT_ONCE

    def _mail(self, entry: OutboxEntry, link: Link, deadline: Deadline) -> None:
        """Send the link to the person. Raises Unavailable, Rejected `mail_refused`, Misconfigured."""
        from shared.notifications.mail import Mail, Mailer
        from shared.web.invitation_mail import invitation
        from shared.web.site import Site

        settings, parcel = self.settings, entry.parcel
        if not (settings.mail_url and settings.mail_from):
            raise Misconfigured("IM_ACCESS_MAIL_URL", "is not set any more, and a mail is waiting")
        if parcel is None or parcel.email is None:
            raise Rejected("mail_refused", "The mail has nobody to go to")
        language: Language = "en" if parcel.language == "en" else "zh"
        site = Site(language, settings.organisation or "", settings.contact or "")
        letter = invitation(parcel.user, link.url, link.expires_at, site)
        mailer = Mailer(settings.mail_url, settings.mail_from, settings.organisation or "")
        mailer.send(Mail(entry.key, entry.time, parcel.email, *letter), deadline)

    def _sender(self) -> WebhookNotifier | None:
        receiver = self.settings.receiver
        if receiver is None:
            return None
        from shared.notifications.webhook import WebhookNotifier

        return WebhookNotifier(self.instance.http, receiver.url, receiver.secret)

    def quick_notifier(self) -> Notify | None:
        """A function that sends one notification within a few seconds, or not at all; None where no receiver is set."""
        from shared.deadline import Deadline

        sender = self._sender()
        if sender is None:
            return None

        def notify(notification: Notification) -> None:
            soon = Deadline(self.clock, min(self.ends_at, self.clock.now() + _TELLING))
            sender.send(self.function, notification, soon)

        return notify

    def pick_up_attempts(self, store: Cos) -> PickUpAttempts:
        """The recorded attempts to pick up a credentials file, with what is due after each."""
        from shared.credentials.pick_up_attempts import PickUpAttempts

        return PickUpAttempts(store, self.clock, self.quick_notifier())
