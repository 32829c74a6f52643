"""The cloud function `revoke_policy.main_handler`: detach policies from a sub-user."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import run_command
    from shared.operations import REVOKE_POLICY

    REVOKE_POLICY.load()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one event of any trigger. HTTP never raises; a queue raises where its messages have to come again."""
    return run_command(REVOKE_POLICY, event, context)
