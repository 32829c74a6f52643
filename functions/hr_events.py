"""The cloud function `hr_events.main_handler`: takes the events of HR systems, and does what they mean."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_hr_events


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event: of an HR system, of a queue, or of an object that was stored. HTTP never raises."""
    return run_hr_events("hr_events", event, context)
