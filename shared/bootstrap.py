"""The composition root: what a function works with, put together for one invocation. Nothing else constructs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from shared.clients import Clients
from shared.clock import parse_rfc3339
from shared.errors import Misconfigured, Rejected, Unavailable

if TYPE_CHECKING:
    from shared.commands import Command
    from shared.credentials.delivery import Delivery, SignLink
    from shared.credentials.link import Link
    from shared.credentials.pick_up_attempts import Notify, PickUpAttempts
    from shared.deadline import Deadline
    from shared.event_sources.dead_letters import DeadLetter
    from shared.idempotency.execute import Execution
    from shared.idempotency.progress import Progress
    from shared.idempotency.records import Receipt
    from shared.idempotency.request import Finished, Request
    from shared.notifications.announcer import Announcer
    from shared.notifications.events import Notification
    from shared.notifications.outbox import Entry, Parcel
    from shared.notifications.webhook import WebhookNotifier
    from shared.operations import Operation
    from shared.people.life import LifeRow
    from shared.policies.authorization import Authorization
    from shared.policies.sub_users import Person
    from shared.results import Result
    from shared.tencent.api import Api
    from shared.tencent.cam import Cam
    from shared.tencent.concurrency_limit import ConcurrencyLimiter
    from shared.tencent.cos import Cos
    from shared.use_cases.apply_person import ApplyPerson, Commands
    from shared.use_cases.claim_credentials import ClaimCredentials
    from shared.use_cases.use_case import Services
    from shared.web.language import Language

    C = TypeVar("C", bound=Command)
    R = TypeVar("R", bound=Result)

_TELLING = 2.0
"""Seconds that a person at the page waits for the receiver of notifications."""
_AT_ONCE = 60.0
"""Seconds after a request was finished within which its file is not looked for before it is told of."""


class Container(Clients):
    """One invocation of a function, and everything that can be done in it."""

    def authorization(self, own_uin: Callable[[], str] = str) -> Authorization:
        """What may be given, and to whom. The main account is protected by each UIN that is known for it unasked."""
        from shared.policies.authorization import Authorization

        settings = self.settings
        owners = (settings.owner_uin or "", self.instance.owner_uin, self.env.get("TENCENTCLOUD_UIN", "").strip())
        protected = (*settings.protected_users, *filter(None, owners))
        return Authorization(settings.policies, settings.allow_foreign_policies, protected, own_uin)

    def execution(self, operation: Operation[C, R], store: Cos, deadline: Deadline) -> Execution[C, R]:
        """What one request of a command is executed with. Raises Misconfigured, Unavailable."""
        from shared.idempotency.execute import Execution
        from shared.idempotency.records import Records

        self.check_bucket(store)
        records = Records(store, self.clock, self.ends_at)

        def announce(request: Request[C], result: R, receipt: Receipt) -> None:
            if not (self.settings.receiver or self._mails_links):
                return
            announcer = self.announcer(store, deadline)
            for entry in self._entries(operation, request, result, receipt.finished_at):
                announcer.announce(entry)

        use_case = operation.compose(self.services(store, deadline))
        return Execution(records, use_case, operation.result, announce, deadline)

    def directory(self, api: Api) -> Cam:
        """The sub-users that commands change."""
        from shared.tencent.cam import Cam

        return Cam(api)

    def slots(self, operation: Operation[C, R]) -> ConcurrencyLimiter:
        """How many requests of a command this instance works on at once."""
        return self.instance.rate_limiter.concurrency(operation.paced_by)

    def link(self, store: Cos, request: Request[Command], result: Result) -> Link | None:
        """A fresh link to what the result delivers, or None. Raises Unavailable, CloudError, Misconfigured."""
        from shared.credentials.delivery import Recipient
        from shared.results import Delivered

        if not isinstance(result, Delivered) or result.file is None:
            return None
        user = result.user
        recipient = Recipient(user.name, user.uin, request.id, _key_kind(request))
        return self.delivery(store).link(result.file, recipient, self._ttl(request))

    def _ttl(self, request: Request[Command]) -> int:
        asked: int | None = getattr(request.command, "link_ttl", None)
        return asked or self.settings.link_ttl

    def link_for_caller(self, store: Cos, request: Request[Command], finished: Finished[Result]) -> Link | None:
        """The link that an HTTP answer may carry: none where another caller asked first. Raises Rejected
        `credentials_gone`.
        """
        from shared.results import Delivered

        if finished.caller != request.caller:
            return None
        result = finished.result
        file = result.file if isinstance(result, Delivered) else None
        if finished.replayed and file and not self.delivery(store).available(file):
            raise Rejected("credentials_gone")
        return self.link(store, request, result) if self.settings.answer_link else None

    def find_sub_user(self, name: str) -> tuple[Person | None, Sequence[LifeRow]]:
        """Who has a name in CAM, protected or not, and what is recorded of all who had it. Raises Unavailable."""
        from shared.people.life import Lives
        from shared.policies.sub_users import SubUsers
        from shared.tencent.cam import Cam

        deadline = self.deadline()
        lives = Lives(self.store(deadline))
        person = SubUsers(Cam(self.api(deadline)), lives, self.instance.users, deadline).find(name)
        return person, person.lives if person else lives.rows(name)

    def has_recipient(self, request: Request[Command]) -> bool:
        """Whether what a request delivers would be sent to anybody who did not ask for it over HTTP."""
        settings = self.settings
        mailed = getattr(request.command, "email", None) and settings.mail_url and settings.delivery == "claim"
        return bool(settings.notify_url or mailed)

    def looked_up(self) -> Callable[[Request[Command] | None, str], str]:
        """Says what a message of this request and dead letter's key has come to before: `replayed`, `parked` or "".

        Raises Unavailable, CloudError, and what is wrong with the request's records.
        """
        from shared.idempotency.records import Records

        store = self.store(self.deadline())
        records = Records(store, self.clock, self.ends_at)

        def look_up(request: Request[Command] | None, letter: str) -> str:
            if request and records.finished(request) and not records.is_open(request):
                return "replayed"
            return "parked" if store.get(letter) else ""

        return look_up

    def progress(self, first: str) -> Progress:
        """What earlier deliveries of the batch that begins with this message have done."""
        from shared.idempotency.progress import Progress

        return Progress(self.store(self.deadline()), self.clock, self.function, first)

    def first_failure(self, request_key: str) -> float:
        """When the message of this request failed first, noted where it was not. Raises Unavailable, CloudError."""
        from shared.idempotency.first_failures import first_failure

        return first_failure(self.store(self.deadline()), self.clock, self.function, request_key)

    def park(self, letter: DeadLetter) -> bool:
        """Write a dead letter; False where it was there already. Raises Unavailable, CloudError."""
        from shared.event_sources.dead_letters import park

        return park(self.store(self.deadline()), letter)

    def delivery(self, store: Cos) -> Delivery:
        """What the settings say about links. Raises Misconfigured."""
        from shared.credentials.delivery import ClaimDelivery, LinkDelivery

        page = self.settings.page
        return LinkDelivery(store, self.signer(store)) if page is None else ClaimDelivery(store, self.clock, page)

    def signer(self, store: Cos) -> SignLink:
        """Signs links with the function's own credentials, and says truly how long they will live."""
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

    def claim_credentials(self, store: Cos, attempts: PickUpAttempts) -> ClaimCredentials:
        """What the credentials page does."""
        from shared.use_cases.claim_credentials import ClaimCredentials

        return ClaimCredentials(store, self.clock, attempts, self.signer(store), self.remaining)

    def pick_up_attempts(self, store: Cos) -> PickUpAttempts:
        """What is due after somebody has tried to pick a file up."""
        from shared.credentials.pick_up_attempts import PickUpAttempts

        return PickUpAttempts(store, self.clock, self.quick_notifier())

    def services(self, store: Cos, deadline: Deadline) -> Services:
        """What the use cases of one request, or of a sweep, share. Raises Misconfigured."""
        from shared.policies.attachments import Attachments
        from shared.policies.catalog import PolicyCatalog
        from shared.policies.ledger import Ledger
        from shared.policies.permissions_boundary import Boundary
        from shared.use_cases.use_case import Services

        api = self.api(deadline)
        cam = self.directory(api)
        catalog = PolicyCatalog(cam, self.instance.policies, self.clock)
        authorization = self.authorization(lambda: self.own_uin(api))
        attachments = Attachments(cam, Ledger(store), catalog, authorization, deadline, self.instance.users)
        boundary = Boundary(cam, catalog, self.settings.boundary_policy, deadline)
        owner, days = partial(self.owner_uin, api), lambda: self.settings.delete_after_days
        return Services(cam, store, attachments, boundary, owner, deadline, days)

    def _entries(self, operation: Operation[C, R], request: Request[C], result: R, finished_at: str) -> Iterator[Entry]:
        """Who is told: the receiver of notifications, and by mail the person whose credentials wait at the page."""
        from shared.notifications.outbox import Entry, mail_of
        from shared.results import describe

        data, parcel = describe(request.id, result, None) | request.command.why(), self._parcel(request, result)
        about = (operation.function, operation.notification, request.key, finished_at)
        entry = Entry(*about, data, parcel, first_at=self.clock.now())
        if self.settings.receiver:
            yield entry
        if parcel and parcel.email and self._mails_links:
            yield mail_of(entry)

    @property
    def _mails_links(self) -> bool:
        return bool(self.settings.mail_url) and self.settings.delivery == "claim"

    def _parcel(self, request: Request[Command], result: Result) -> Parcel | None:
        from shared.notifications.outbox import Parcel
        from shared.results import Delivered

        if not isinstance(result, Delivered) or result.file is None:
            return None
        user = result.user
        kind = _key_kind(request)
        email: str | None = getattr(request.command, "email", None)
        language: str | None = getattr(request.command, "language", None)
        ttl = self._ttl(request)
        return Parcel(result.file, user.name, user.uin, request.id, ttl, email, language, key_kind=kind)

    def apply_person(self, store: Cos, commands: Commands) -> ApplyPerson:
        """What is done of a person's events and days; `commands` carries out what that takes."""
        from shared.people.dates import Dates
        from shared.people.directory import People
        from shared.people.rule_versions import RuleVersions
        from shared.policies.given_otherwise import GivenOtherwise
        from shared.policies.ledger import Ledger
        from shared.use_cases.apply_person import ApplyPerson

        records = (People(store), RuleVersions(store), Dates(store))
        given = GivenOtherwise(Ledger(store))
        return ApplyPerson(*records, commands, given, self.clock, lambda: self.settings.zone)

    def announcer(self, store: Cos, deadline: Deadline) -> Announcer:
        """Tells the organisation, or sees to it that it is told later."""
        from shared.notifications.announcer import Announcer
        from shared.notifications.outbox import Outbox

        return Announcer(Outbox(store, self.clock), self.sending(store), self.instance.receivers, deadline)

    def sending(self, store: Cos) -> Callable[[Entry, Deadline], None]:
        """Sends an entry. Raises Unavailable; Rejected `credentials_gone` where the link would be dead."""
        from shared.credentials.delivery import Recipient
        from shared.results import credentials

        def send(entry: Entry, deadline: Deadline) -> None:
            if entry.parcel is None:
                self.tell(entry, {}, deadline)
                return
            parcel, delivery = entry.parcel, self.delivery(store)
            if self._is_late(entry) and not delivery.available(parcel.file):
                raise Rejected("credentials_gone")
            recipient = Recipient(parcel.user, parcel.uin, parcel.request_id, parcel.key_kind)
            link = delivery.link(parcel.file, recipient, parcel.ttl)
            if entry.is_mail:
                self._mail(entry, link, deadline)
            else:
                self.tell(entry, {"credentials": credentials(link)}, deadline)

        return send

    def tell(self, entry: Entry, more: dict[str, Any], deadline: Deadline) -> None:
        """Send an entry with what its stored form does not hold. Raises Unavailable."""
        from shared.notifications.events import Notification

        sender = self._sender()
        if sender is not None:
            notification = Notification(entry.type, entry.key, entry.time, entry.data | more)
            sender.send(entry.function, notification, deadline)

    def _is_late(self, entry: Entry) -> bool:
        """Whether the file may be gone meanwhile: not in the invocation that has just written it."""
        return entry.tries > 0 or self.clock.now() - parse_rfc3339(entry.time) > _AT_ONCE

    def _mail(self, entry: Entry, link: Link, deadline: Deadline) -> None:
        """Send the link to the person. Raises Unavailable, Rejected `mail_refused`, Misconfigured."""
        from shared.notifications.mail import Mail, Mailer
        from shared.web.letter import invitation
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
        """Sends one notification, within a few seconds or not at all; None where nobody is notified."""
        from shared.deadline import Deadline

        sender = self._sender()
        if sender is None:
            return None

        def tell(notification: Notification) -> None:
            soon = Deadline(self.clock, min(self.ends_at, self.clock.now() + _TELLING))
            sender.send(self.function, notification, soon)

        return tell


def _key_kind(request: Request[Command]) -> str:
    public_key: str | None = getattr(request.command, "encrypt_to", None)
    if public_key is None:
        return ""
    from shared.credentials.pick_up import key_kind

    return key_kind(public_key)
