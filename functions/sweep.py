"""The cloud function `sweep.main_handler`: runs all duties that are due, started by a timer."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import load_timer, run_timer

    load_timer()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one timer event and return the counters. Raises where the platform should try again."""
    return run_timer("sweep", event, context)
