"""The cloud function `claim_credentials.main_handler`: the page on which a person claims their credentials, once."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_page


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one HTTP event: show the page, or claim the file. Never raises for one."""
    return run_page("claim_credentials", event, context)
