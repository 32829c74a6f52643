"""The cloud function `claim_credentials.main_handler`: the page on which a person picks up their credentials, once."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_page


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one HTTP event: show the page, or hand out the file. Never raises for an HTTP event."""
    return run_page("claim_credentials", event, context)
