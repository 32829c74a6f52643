"""The cloud function `offboard_user.main_handler`: close a sub-user at once, and delete it after a grace."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_command
    from shared.operations import OFFBOARD_USER

    OFFBOARD_USER.load()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event of any trigger. HTTP never raises; a queue raises where its messages have to come again."""
    return run_command(OFFBOARD_USER, event, context)
