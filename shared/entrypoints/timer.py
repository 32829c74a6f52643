"""Timer trigger (https://cloud.tencent.com/document/product/583/9708).

    {"Type": "Timer", "TriggerName": "EveryFiveMinutes", "Time": "2026-01-02T03:00:00Z", "Message": ""}

A raise brings the same event twice more, a minute apart each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.entrypoints import responses
from shared.entrypoints.ends import apply_until
from shared.entrypoints.hr.work import work
from shared.entrypoints.late_link import replace
from shared.entrypoints.people import apply_due
from shared.entrypoints.redrive import redrive_by_key
from shared.entrypoints.resume import resume
from shared.entrypoints.scim.sweep import finish_scim
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request
from shared.sweeping import files, messages, people, records
from shared.sweeping.sweep import Sweep
from shared.unforeseen import EXITS
from shared.use_cases.duties.turns import run

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.use_cases.duties.duty import Duty


def handle(event: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Run all duties of the sweep and return what each did: `{"duty": {"done": n, "failed": n, "left": n}}`.

    Raises ImAccessError: `unknown_trigger` for others; HTTP is answered as a problem.
    """
    if not isinstance(event, dict) or event.get("Type") != "Timer":
        error = Rejected("unknown_trigger")
        container.log("refused", level=error.meaning.level, code=error.code)
        if isinstance(event, dict) and http_request.method(event) is not None:
            return responses.problem(error, "")
        raise error
    try:
        sweep = Sweep(container)
        report = records.Report(sweep)
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
    unclaimed, tidy = files.handed_out(sweep)
    return [
        # Before the ends that were ordered: where HR knows an end too, the rules say what becomes of a leaver.
        people.due_people(sweep, apply_due),
        people.apply_untils(sweep, apply_until),
        people.delete_offboarded(sweep),
        people.end_overlaps(sweep),
        people.spread_rules(sweep, apply_due),
        people.by_hand(sweep),
        unclaimed,
        files.send_outbox(sweep, replace),
        messages.work_inbox(sweep, work),
        messages.redrive_letters(sweep, redrive_by_key, replace),
        messages.abandoned_requests(sweep, resume),
        messages.scim_changes(sweep, finish_scim),
        tidy,
        records.prune(sweep),
        records.drift(sweep),
    ]
