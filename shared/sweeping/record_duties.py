"""Composes the duties that prune records and compare them with CAM, and the report of a run."""

from __future__ import annotations

from collections.abc import Callable

from shared.errors import ImAccessError
from shared.event_sources.dead_letters import PREFIX
from shared.notifications.heartbeat import beat
from shared.notifications.notification import DRIFT
from shared.people.offboarding import Offboardings
from shared.policies.drift_findings import Finding
from shared.policies.recorded_users import expected, recorded_users
from shared.sweeping.sweep import Sweep
from shared.tencent.cam_listing import Listing
from shared.use_cases.duties.find_drift import CamAccess, DriftSources, FindDrift, ListedUser, last_count
from shared.use_cases.duties.metrics import Metrics
from shared.use_cases.duties.prune_records import PruneRecords
from shared.use_cases.duties.run_duties import Counts


def prune_records(sweep: Sweep) -> PruneRecords:
    """The duty that deletes old records."""
    return PruneRecords(sweep.store, sweep.clock, sweep.cursor(PruneRecords.name), sweep.settings.keep_days)


def find_drift(sweep: Sweep) -> FindDrift:
    """The duty that compares the records with CAM once a day."""
    listing = Listing(sweep.api)

    def notify(found: list[Finding], of: int, about: str) -> None:
        rows = [
            {"grade": one.grade, "kind": one.kind, "user": {"name": one.user, "uin": one.uin}, "about": one.about}
            for one in found
        ]
        sweep.announce(DRIFT, f"drift:{about}", {"findings": rows, "count": of})

    def has(uin: int) -> CamAccess:
        keys = [key.secret_id for key in listing.keys(uin) if key.active]
        direct = frozenset(name or str(id_) for id_, name in sweep.cam.attached(uin).items())
        return CamAccess(keys, direct, listing.by_groups(uin))

    sides = DriftSources(
        listed=lambda: {user.uin: ListedUser(user.name, user.console_login) for user in listing.users()},
        recorded=lambda: recorded_users(sweep.store),
        has=has,
        expected=lambda standing: expected(standing, sweep.lives.given, Offboardings(sweep.store)),
    )
    cursor, enabled = sweep.cursor(FindDrift.name), sweep.settings.drift == "warn"
    return FindDrift(sweep.store, sweep.clock, cursor, sides, sweep.settings.policies, notify, enabled=enabled)


class Report:
    """The log lines of a run: one in each minute that it lasts, and one at its end. Never raises, so that the work that
    was done counts.
    """

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep
        self._metrics = Metrics(sweep.listings, sweep.clock, PREFIX, sweep.container.tally)

    def minute(self, counts: Counts) -> None:
        """Log the measures in the middle of a run."""
        self._log_measures(counts, ended=False)

    def end(self, counts: Counts) -> None:
        """At the end of a run: store the positions of the duties, log the measures, and call the heartbeat URL."""
        _try(self._sweep, "positions_failed", self._sweep.positions.keep)
        self._log_measures(counts, ended=True)
        _try(self._sweep, "heartbeat_failed", lambda: _beat(self._sweep))

    def _log_measures(self, counts: Counts, *, ended: bool) -> None:
        if any(any(one.values()) for one in counts.values()):
            self._sweep.listings.forget()

        def log() -> None:
            values = self._metrics.values(counts, ended=ended) | _differences(self._sweep)
            self._sweep.container.log("metrics", **values)

        _try(self._sweep, "metrics_failed", log)


def _beat(sweep: Sweep) -> None:
    if url := sweep.settings.heartbeat_url:
        beat(sweep.container.instance.http, url, sweep.deadline)


def _differences(sweep: Sweep) -> dict[str, int]:
    """The number of differences in the last comparison; empty where comparing is off."""
    count = last_count(sweep.store) if sweep.settings.drift == "warn" else None
    return {} if count is None else {"drift": count}


def _try(sweep: Sweep, failed: str, work: Callable[[], object]) -> None:
    log = sweep.container.log
    try:
        work()
    except ImAccessError as error:
        log(failed, level="warning", code=error.code, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - an error text may hold anything
        log(failed, level="error", code="internal_error", exception=type(error).__name__)
