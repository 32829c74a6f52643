"""What the sweep sees to, put together for one invocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from secrets import token_hex
from typing import TYPE_CHECKING, Any, cast

from shared.bootstrap import Container
from shared.clock import rfc3339
from shared.credentials.csv_file import FILES
from shared.credentials.overlaps import Overlaps
from shared.credentials.pick_up import PickUpLink, digest, read_opening
from shared.errors import ImAccessError
from shared.event_sources.dead_letters import PREFIX, DeadLetter
from shared.idempotency.records import Lease
from shared.idempotency.stored import OPEN, LeaseRecord
from shared.idempotency.turns import Turns
from shared.notifications.events import DELETED, DRIFT
from shared.notifications.heartbeat import beat
from shared.notifications.outbox import Entry, Outbox, Parcel
from shared.people.course import course
from shared.people.dates import Dates
from shared.people.directory import Known, People
from shared.people.identity import PersonKey
from shared.people.inbox import PREFIX as INBOX
from shared.people.life import Lives
from shared.people.offboarding import Due, Offboardings
from shared.people.rule_versions import RulesVersion, RuleVersions
from shared.people.until import Until, Untils
from shared.people.watched import PREFIX as CLOSED
from shared.people.watched import Watched, WatchedUsers
from shared.policies.drift import Finding
from shared.policies.ledger import Ledger
from shared.policies.standing import everybody, expected
from shared.tencent.cam import Cam
from shared.tencent.cam_listing import Listing
from shared.use_cases.closing import Closing
from shared.use_cases.disable_undelivered import DisableUndelivered
from shared.use_cases.duties import scim_changes
from shared.use_cases.duties.abandoned_requests import MOST, AbandonedRequests
from shared.use_cases.duties.apply_untils import ApplyUntils
from shared.use_cases.duties.by_hand import MOST as MOST_CLOSED
from shared.use_cases.duties.by_hand import ByHand, Found, Hands
from shared.use_cases.duties.cursor import Cursor, Round
from shared.use_cases.duties.delete_offboarded import DeleteOffboarded
from shared.use_cases.duties.drift import Drift, Listed, Sides, last_count
from shared.use_cases.duties.due_people import DuePeople
from shared.use_cases.duties.end_overlaps import EndOverlaps
from shared.use_cases.duties.handed_out import HandedOut
from shared.use_cases.duties.inbox import WorkInbox
from shared.use_cases.duties.metrics import Metrics
from shared.use_cases.duties.prune import Prune
from shared.use_cases.duties.redrive_letters import RedriveLetters
from shared.use_cases.duties.scim_changes import ScimChanges
from shared.use_cases.duties.send_outbox import SendOutbox
from shared.use_cases.duties.spread_rules import SpreadRules
from shared.use_cases.duties.tidy import MOST_FILES, Tidy
from shared.use_cases.duties.unclaimed import Mode, Rules, Unclaimed
from shared.use_cases.issuing import mark

if TYPE_CHECKING:
    from shared.use_cases.duties.duty import Duty

Undo = Callable[[str, str, str], object]
Resume = Callable[[LeaseRecord, bool, Container, Undo], str]
Redrive = Callable[[str, Container], str]
Settle = Callable[[PersonKey, "RulesVersion | None", Container], str]
"""Do what is due for a person, by this version of the rules or the newest; what came of it in a word."""
End = Callable[[Until, Container], None]
FinishScim = Callable[[str, Container], str]
Work = Callable[[str, Container], Mapping[str, int]]
"""Work on the event of a key: how many persons came to what. Raises ImAccessError where it has to stay."""
Replace = Callable[[Parcel, Container], str]
"""Give a person fresh credentials in place of those that are gone; a word for what came of it, "" where that cannot be.

Raises ImAccessError where it can be later.
"""


class Sweeping:
    """The duties of one invocation. Raises Misconfigured.

    `resume` takes an abandoned request up, `redrive` tries a letter again, `settle` does what is due for a person,
    `end` brings about an end that was ordered, `finish_scim` does what the note of a key asks for, `work` does an event
    of the inbox, `replace` sees to whoever was never told of credentials that are gone; where it cannot, they are
    disabled, and a letter says so.
    """

    def __init__(
        self,
        container: Container,
        resume: Resume,
        redrive: Redrive,
        settle: Settle,
        end: End,
        finish_scim: FinishScim,
        work: Work,
        replace: Replace,
    ) -> None:
        self._container = container
        self._work = work
        self._resume = resume
        self._redrive = redrive
        self._settle = settle
        self._end = end
        self._finish_scim = finish_scim
        self._replace = replace
        self._deadline = container.deadline()
        self._store = container.store(self._deadline)
        container.check_bucket(self._store)
        self._api = api = container.api(self._deadline)
        self._cam = Cam(api)
        self._guard = container.authorization(lambda: container.own_uin(api))
        self._disable = DisableUndelivered(self._cam, self._store, self._guard, Lives(self._store).rows)

    def duties(self) -> list[Duty]:
        """All of them, in the order of their turns."""
        unclaimed, tidy = self._handed_out()
        # An end that both know is the person's: the rules say what becomes of a leaver.
        ordered: list[Duty] = [self._people(), self._untils(), self._deletions(), self._overlaps(), self._rules()]
        looked_at: list[Duty] = [self._by_hand(), unclaimed]
        resent: list[Duty] = [self._outbox(), self._inbox(), self._letters(), self._requests(), self._scim()]
        return [*ordered, *looked_at, *resent, tidy, self._prune(), self._drift()]

    def _inbox(self) -> WorkInbox:
        cursor, clock = self._cursor(WorkInbox.name), self._container.clock
        return WorkInbox(self._store, clock, cursor, INBOX, lambda key: self._work(key, self._container))

    def report(self, counts: dict[str, dict[str, int]]) -> None:
        """Log what is measured, and give a sign of life. Never raises: what was done is done."""
        container, store = self._container, self._store
        metrics = Metrics(store, container.clock, Outbox(store, container.clock), PREFIX, container.tally)
        self._try("metrics", lambda: container.log("metrics", **(metrics.values(counts) | self._differences())))
        self._try("heartbeat", self._beat)

    def _differences(self) -> dict[str, int]:
        """What the last comparison of records and CAM found, where they are compared."""
        return {"drift": last_count(self._store)} if self._container.settings.drift == "warn" else {}

    def _beat(self) -> None:
        if url := self._container.settings.heartbeat_url:
            beat(self._container.instance.http, url, self._deadline)

    def _try(self, what: str, work: Callable[[], object]) -> None:
        try:
            work()
        except ImAccessError as error:
            self._container.log(f"{what}_failed", level="warning", code=error.code, detail=error.detail)
        except Exception as error:  # noqa: BLE001 - a text may hold anything
            self._container.log(f"{what}_failed", level="error", code="internal_error", exception=type(error).__name__)

    def undo(self, user: str, nonce: str, request: str) -> bool:
        """Disable what a request of this nonce and identity's hash has made of a user."""
        return self._disable.undo(user, _mark(nonce), nonce, request)

    def _cursor(self, duty: str) -> Cursor:
        return Cursor(self._store, self._container.clock, duty)

    def _handed_out(self) -> tuple[Unclaimed, Tidy]:
        container, store = self._container, self._store
        settings, clock = container.settings, container.clock
        hours, rules = settings.unclaimed_hours, Rules(cast("Mode", settings.sweep), settings.sweep_limit)
        handed_out = HandedOut(store, clock, hours, self._cursor(Unclaimed.name), f"{hours} {rules}")

        def close(link: PickUpLink) -> bool:
            return self._disable.close(link.user, link.uin)

        unclaimed = Unclaimed(store, clock, handed_out, rules, container.quick_notifier(), close, container.log)
        files = Round(store, self._cursor(Tidy.name), FILES, MOST_FILES)
        finish_attempts = container.pick_up_attempts(store).tidy
        return unclaimed, Tidy(store, files, handed_out, unclaimed.wants, hours, finish_attempts)

    def _deletions(self) -> DeleteOffboarded:
        container, store = self._container, self._store

        def tell(due: Due) -> None:
            self._announce(DELETED, f"deleted:{due.uin}", {"user": {"name": due.user, "uin": due.uin}})

        records, lives, limit = Offboardings(store), Lives(store), container.settings.sweep_limit
        return DeleteOffboarded(self._cam, self._guard, records, lives.rows, self._turn, tell, container.clock, limit)

    def _announce(self, type_: str, about: str, data: dict[str, Any]) -> None:
        """Tell of something, under an id made from what it is about."""
        if self._container.settings.receiver is not None:
            now = self._container.clock.now()
            entry = Entry(self._container.function, type_, digest(about), rfc3339(now), data, None, first_at=now)
            self._container.announcer(self._store, self._deadline).announce(entry)

    def _by_hand(self) -> ByHand:
        container, store = self._container, self._store
        services = container.services(store, self._deadline)
        closing = Closing(self._cam, store, services.attachments, self._deadline)

        def tell(closed: Watched, found: Found, taken: bool) -> None:
            again = str(container.clock.now()) if taken else ""
            data = {"user": {"name": closed.user, "uin": closed.uin}, **found._asdict(), "taken": taken}
            container.log("by_hand", level="warning", user=closed.user, **found._asdict(), taken=taken)
            self._announce(DRIFT, f"drift:{closed.uin}:{found.hash}:{again}", data)

        hands = Hands(
            services.attachments.lives,
            self._guard.touch,
            services.attachments.attached,
            self._turn,
            lambda person: closing.close(person, 0.0),
            tell,
        )
        users = Round(store, self._cursor(ByHand.name), CLOSED, MOST_CLOSED)
        enforce = container.settings.sweep == "enforce"
        return ByHand(self._cam, WatchedUsers(store), users, hands, enforce=enforce)

    def _turn(self, name: str) -> AbstractContextManager[float]:
        """The turn of a name, as of a request of its own: two sweeps may be at work."""
        return Turns(self._store, self._deadline).turn(name, token_hex(32))

    def _untils(self) -> ApplyUntils:
        container, ledger = self._container, Ledger(self._store)

        def end(until: Until) -> None:
            self._end(until, container)

        limit = container.settings.sweep_limit
        return ApplyUntils(self._cam, Untils(self._store), ledger, end, container.clock, limit)

    def _drift(self) -> Drift:
        container, store = self._container, self._store
        settings, listing = container.settings, Listing(self._api)

        def tell(found: list[Finding], of: int, digest_: str) -> None:
            rows = [
                {"grade": one.grade, "kind": one.kind, "user": {"name": one.user, "uin": one.uin}, "about": one.about}
                for one in found
            ]
            self._announce(DRIFT, f"drift:{digest_}:{container.clock.now():.0f}", {"findings": rows, "count": of})

        def has(uin: int) -> tuple[list[str], frozenset[str]]:
            keys = [key.secret_id for key in listing.keys(uin) if key.active]
            return keys, frozenset(name or str(id_) for id_, name in self._cam.attached(uin).items())

        sides = Sides(
            listed=lambda: {user.uin: Listed(user.name, user.console_login) for user in listing.users()},
            recorded=lambda: everybody(store),
            has=has,
            expected=lambda standing: expected(standing, Lives(store).given, Offboardings(store)),
        )
        cursor, enabled = self._cursor(Drift.name), settings.drift == "warn"
        return Drift(store, container.clock, cursor, sides, settings.policies, tell, enabled=enabled)

    def _overlaps(self) -> EndOverlaps:
        return EndOverlaps(self._cam, Overlaps(self._store), self._container.clock)

    def _people(self) -> DuePeople:
        container = self._container
        return DuePeople(Dates(self._store), container.clock, lambda person: self._settle(person, None, container))

    def _rules(self) -> SpreadRules:
        container, store = self._container, self._store
        clock, settings = container.clock, container.settings

        def takes(known: Known, version: RulesVersion) -> bool:
            return course(known.person, version.rules, known.state, clock.now(), settings.zone).takes_away

        def settle(person: PersonKey, version: RulesVersion) -> str:
            return self._settle(person, version, container)

        records = (People(store), RuleVersions(store), Dates(store), self._cursor(SpreadRules.name))
        return SpreadRules(*records, clock, settings.people_brake, takes, settle)

    def _requests(self) -> AbandonedRequests:
        notes = Round(self._store, self._cursor(AbandonedRequests.name), OPEN, MOST)

        def resume(record: LeaseRecord, last: bool) -> str:
            return self._resume(record, last, self._container, self.undo)

        return AbandonedRequests(self._store, self._container.clock, notes, resume)

    def _prune(self) -> Prune:
        clock = self._container.clock
        return Prune(self._store, clock, self._cursor(Prune.name), self._container.settings.keep_days)

    def _letters(self) -> RedriveLetters:
        cursor, clock = self._cursor(RedriveLetters.name), self._container.clock
        return RedriveLetters(self._store, clock, cursor, PREFIX, lambda key: self._redrive(key, self._container))

    def _scim(self) -> ScimChanges:
        notes = Round(self._store, self._cursor(ScimChanges.name), scim_changes.PREFIX, scim_changes.MOST)

        def give_up(key: str, error: ImAccessError) -> None:
            found = self._store.get(key)
            about = (self._container.function, ("scim", key), error.code, error.detail, False)
            text = found.body.decode("utf-8", "replace") if found else ""
            self._container.park(DeadLetter(*about, text, self._container.clock.now() - scim_changes.KEPT))
            self._store.delete(key)

        return ScimChanges(notes, lambda key: self._finish_scim(key, self._container), give_up)

    def _outbox(self) -> SendOutbox:
        send, clock = self._container.sending(self._store), self._container.clock
        outbox = Outbox(self._store, clock)
        return SendOutbox(outbox, clock, lambda entry: send(entry, self._deadline), self._give_up, self._too_late)

    def _give_up(self, entry: Entry, error: ImAccessError) -> None:
        why = (error.code, error.detail, True)
        about = (self._container.function, ("outbox", entry.key), *why, entry.dump().decode(), entry.first_at)
        self._container.park(DeadLetter(*about, source="outbox"))

    def _too_late(self, entry: Entry, error: ImAccessError) -> str:
        """A file that somebody has picked up needs no link; of one that is gone the organisation is told without,
        and then the person gets another: not before somebody listens.
        """
        parcel = entry.parcel
        assert parcel is not None  # noqa: S101 - for the type checker: nothing else is about a file
        if not entry.is_mail:
            self._container.tell(entry, {"credentials": None}, self._deadline)
        opening = read_opening(self._store, parcel.file)
        if opening is not None and opening.by == "person":
            return "sent"
        came = self._replace(parcel, self._container)
        if came:
            return came
        nonce = _nonce(parcel.file)
        self._disable.undo(parcel.user, _mark(nonce), nonce, entry.key, parcel.uin)
        self._give_up(entry, error)
        return "disabled"


def _mark(nonce: str) -> str:
    return mark(Lease(0, 0, nonce))


def _nonce(file: str) -> str:
    """What the request of a file is known by; see `csv_file.file_name`."""
    return file.removeprefix(FILES).rpartition("-")[0]
