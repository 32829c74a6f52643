"""Timer trigger (https://cloud.tencent.com/document/product/583/9708).

    {"Type": "Timer", "TriggerName": "EveryHour", "Time": "2026-01-02T03:00:00Z", "Message": ""}

A raise brings the same event twice more, a minute apart each.
"""

from __future__ import annotations

from typing import Any, Protocol

from shared.entrypoints import responses as answers
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request as http_event


class Chore(Protocol):
    """The function behind a timer."""

    def run(self, key: str) -> dict[str, int]:
        """Do it; `key` names the run, the same for every delivery of its event. Raises ImAccessError."""

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line."""


def handle(event: Any, chore: Chore) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The chore's counters. Raises ImAccessError: `unknown_trigger` for every other event but HTTP's, which is told."""
    if not isinstance(event, dict) or event.get("Type") != "Timer":
        error = Rejected("unknown_trigger")
        chore.log("refused", level=error.meaning.level, code=error.code)
        if isinstance(event, dict) and http_event.method(event) is not None:
            return answers.problem(error, "")
        raise error
    try:
        counts = chore.run(f"{event.get('TriggerName')} {event.get('Time')}")
    except ImAccessError as error:
        chore.log("failed", level=error.meaning.level, code=error.code, detail=error.detail)
        raise
    except Exception as error:  # noqa: BLE001 - a traceback's text may hold anything
        chore.log("failed", level="error", code="internal_error", exception=type(error).__name__)
        raise ImAccessError("internal_error") from None
    chore.log("swept", counts=counts)
    return counts
