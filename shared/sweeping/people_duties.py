"""Composes the duties about people's lives: due dates, rules, scheduled ends, deletions, and access given by hand."""

from __future__ import annotations

from collections.abc import Callable

from shared.bootstrap.container import Container
from shared.bootstrap.hr import give_up_due
from shared.credentials.deliveries import Deliveries
from shared.credentials.overlaps import Overlaps
from shared.errors import ImAccessError
from shared.idempotency.stored_attempts import open_key
from shared.notifications.notification import DELETED, DRIFT, STOPPED
from shared.people.due_action import due_action
from shared.people.due_dates import DueDates
from shared.people.offboarded_users import PREFIX as CLOSED
from shared.people.offboarded_users import OffboardedUser, OffboardedUsers
from shared.people.offboarding import Deletion, Offboardings
from shared.people.person_key import PersonKey
from shared.people.person_records import People
from shared.people.person_state import KnownPerson
from shared.people.rule_versions import RulesVersion, RuleVersions
from shared.people.scheduled_ends import ScheduledEnd, ScheduledEnds
from shared.policies.ledger import Ledger
from shared.sweeping.sweep import Sweep
from shared.use_cases.close_access import AccessCloser
from shared.use_cases.duties.apply_due_dates import ApplyDueDates
from shared.use_cases.duties.apply_scheduled_ends import ApplyScheduledEnds
from shared.use_cases.duties.check_offboarded_users import MOST as MOST_CLOSED
from shared.use_cases.duties.check_offboarded_users import CheckOffboardedUsers, CheckServices, FoundAccess
from shared.use_cases.duties.delete_offboarded import DeleteOffboarded
from shared.use_cases.duties.end_overlaps import EndOverlaps
from shared.use_cases.duties.roll_out_rules import RollOutRules

ApplyPerson = Callable[[PersonKey, "RulesVersion | None", Container], str]
"""Does what is due for a person, by this version of the rules or the newest; returns the outcome."""
End = Callable[[ScheduledEnd, int, Container], None]
"""Applies a due end for the user with this UIN."""


def apply_due_dates(sweep: Sweep, apply: ApplyPerson) -> ApplyDueDates:
    """The duty for people with a due date."""
    container, patience = sweep.container, sweep.settings.retry_hours * 3600.0

    def apply_now(person: PersonKey) -> str:
        return apply(person, None, container)

    def give_up(person: PersonKey, error: ImAccessError, since: float) -> None:
        give_up_due(person, error, since, container)

    return ApplyDueDates(DueDates(sweep.store), sweep.clock, apply_now, give_up, patience)


def roll_out_rules(sweep: Sweep, apply: ApplyPerson) -> RollOutRules:
    """The duty that applies a new version of the rules to all people."""
    store, clock, settings = sweep.store, sweep.clock, sweep.settings

    def takes(known: KnownPerson, version: RulesVersion) -> bool:
        return due_action(known.person, version.rules, known.state, clock.now(), settings.zone).takes_away

    def apply_version(person: PersonKey, version: RulesVersion) -> str:
        return apply(person, version, sweep.container)

    def stopped(version: int, losers: int, news: bool) -> None:
        data = {"duty": RollOutRules.name, "version": version, "users": losers, "limit": settings.people_brake}
        sweep.container.log(
            "stopped", level="error", duty=RollOutRules.name, rules=version, users=losers, limit=settings.people_brake
        )
        if news:
            sweep.announce(STOPPED, f"rules stopped:{version}:{losers}", data)

    records = (People(store), RuleVersions(store), DueDates(store), sweep.cursor(RollOutRules.name))
    return RollOutRules(*records, clock, settings.people_brake, takes, apply_version, stopped)


def apply_scheduled_ends(sweep: Sweep, end: End) -> ApplyScheduledEnds:
    """The duty that applies scheduled ends."""
    ledger, limit = Ledger(sweep.store), sweep.settings.sweep_limit

    def apply(until: ScheduledEnd, uin: int) -> None:
        end(until, uin, sweep.container)

    return ApplyScheduledEnds(sweep.cam, ScheduledEnds(sweep.store), ledger, apply, sweep.clock, limit)


def end_overlaps(sweep: Sweep) -> EndOverlaps:
    """The duty that deletes replaced keys when their overlap has ended."""
    return EndOverlaps(sweep.cam, Overlaps(sweep.store), sweep.clock)


def delete_offboarded(sweep: Sweep) -> DeleteOffboarded:
    """The duty that deletes offboarded users when their grace has ended."""

    def notify(due: Deletion) -> None:
        sweep.announce(DELETED, f"deleted:{due.uin}", {"user": {"name": due.user, "uin": due.uin}})

    records, limit = Offboardings(sweep.listings), sweep.settings.sweep_limit
    destroy_files = Deliveries(sweep.store).destroy
    return DeleteOffboarded(
        sweep.cam, sweep.authorization, records, sweep.lives.rows, sweep.turn, notify, destroy_files, sweep.clock, limit
    )


def check_offboarded_users(sweep: Sweep) -> CheckOffboardedUsers:
    """The duty that reports, or takes away, access that somebody gave an offboarded user by hand."""
    container = sweep.container
    services = container.services(sweep.store, sweep.deadline)
    closing = AccessCloser(sweep.cam, sweep.store, services.attachments, sweep.deadline)

    def notify(closed: OffboardedUser, found: FoundAccess, times: int | None) -> None:
        taken, again = times is not None, "" if times is None else str(times)
        data = {"user": {"name": closed.user, "uin": closed.uin}, **found._asdict(), "taken": taken}
        container.log("given_by_hand", level="warning", user=closed.user, **found._asdict(), taken=taken)
        sweep.announce(DRIFT, f"drift:{closed.uin}:{found.hash}:{again}", data)

    works_with = CheckServices(
        services.attachments.lives,
        lambda request: sweep.store.exists(open_key(request)),
        sweep.authorization.check_unprotected,
        services.attachments.removal().attached,
        sweep.turn,
        lambda person: closing.close(person, 0.0),
        notify,
    )
    users = sweep.round(CheckOffboardedUsers.name, CLOSED, min(MOST_CLOSED, sweep.settings.sweep_limit))
    return CheckOffboardedUsers(
        sweep.cam, OffboardedUsers(sweep.store), users, works_with, enforce=sweep.settings.sweep == "enforce"
    )
