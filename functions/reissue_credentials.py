"""The cloud function `reissue_credentials.main_handler`: a fresh password and key for a sub-user."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_command
    from shared.operations import REISSUE_CREDENTIALS

    REISSUE_CREDENTIALS.load()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event of any trigger. HTTP never raises; a queue raises where its messages have to come again."""
    return run_command(REISSUE_CREDENTIALS, event, context)
