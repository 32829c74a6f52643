"""The cloud function `hr_events.main_handler`: receives events of HR systems and applies them."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_hr_events


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event: of an HR system, of a queue, or of the COS trigger of the inbox. HTTP never raises."""
    return run_hr_events("hr_events", event, context)
