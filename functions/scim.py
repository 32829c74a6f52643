"""The cloud function `scim.main_handler`: SCIM 2.0 for identity providers."""

from typing import Any

from shared.cold_start import loading

with loading():
    from shared.app import load_scim, run_scim

    load_scim()


def main_handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Handle one HTTP event, of any method and path. Never raises for one."""
    return run_scim("scim", event, context)
