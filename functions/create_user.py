"""The cloud function `create_user.main_handler`: create a sub-user, attach its policies, deliver its credentials."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_command
    from shared.operations import CREATE_USER

    CREATE_USER.load()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event of any trigger. HTTP never raises; a queue raises where its messages have to come again."""
    return run_command(CREATE_USER, event, context)
