"""Timer trigger (https://cloud.tencent.com/document/product/583/9708).

    {"Type": "Timer", "TriggerName": "EveryFiveMinutes", "Time": "2026-01-02T03:00:00Z", "Message": ""}

If the function raises, the event comes twice more, a minute apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.entrypoints import responses
from shared.entrypoints.hr.process import work
from shared.entrypoints.late_link import replace
from shared.entrypoints.person_events import apply_due
from shared.entrypoints.redrive import redrive_by_key
from shared.entrypoints.resume import resume
from shared.entrypoints.scheduled_ends import apply_until
from shared.entrypoints.scim.finish_changes import finish_scim
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request
from shared.sweeping import credential_duties, people_duties, record_duties, unfinished_work_duties
from shared.sweeping.sweep import Sweep
from shared.unexpected_errors import EXITS
from shared.use_cases.duties.run_duties import run

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.use_cases.duties.duty import Duty


def handle(event: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Run all duties of the sweep and return what each did: `{"duty": {"done": n, "failed": n, "left": n}}`.

    Raises ImAccessError, `unknown_trigger` for other events; an HTTP request is answered with a problem.
    """
    if not isinstance(event, dict) or event.get("Type") != "Timer":
        error = Rejected("unknown_trigger")
        container.log("refused", level=error.meaning.level, code=error.code)
        if isinstance(event, dict) and http_request.method(event) is not None:
            return responses.problem(error, "")
        raise error
    try:
        sweep = Sweep(container)
        report = record_duties.Report(sweep)
        counts = run(_duties(sweep), container, sweep.positions, report.minute)
        report.end(counts)
        return counts
    except ImAccessError as error:
        container.log("failed", level=error.meaning.level, code=error.code, detail=error.detail)
        raise
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - a traceback's text may hold anything
        container.log("failed", level="error", code="internal_error", exception=type(error).__name__)
        raise ImAccessError("internal_error") from None


def _duties(sweep: Sweep) -> list[Duty]:
    """All duties, in the order in which they run."""
    unclaimed, tidy = credential_duties.credentials_file_duties(sweep)
    return [
        # Before scheduled ends: if the HR system knows the end, too, the rules say when the leaver is deleted.
        people_duties.apply_due_dates(sweep, apply_due),
        people_duties.apply_scheduled_ends(sweep, apply_until),
        people_duties.delete_offboarded(sweep),
        people_duties.end_overlaps(sweep),
        people_duties.roll_out_rules(sweep, apply_due),
        people_duties.check_offboarded_users(sweep),
        unclaimed,
        credential_duties.send_outbox(sweep, replace),
        unfinished_work_duties.process_inbox(sweep, work),
        unfinished_work_duties.redrive_letters(sweep, redrive_by_key, replace),
        unfinished_work_duties.finish_abandoned_requests(sweep, resume),
        unfinished_work_duties.finish_scim_changes(sweep, finish_scim),
        tidy,
        record_duties.prune_records(sweep),
        record_duties.find_drift(sweep),
    ]
