"""The event of a timer trigger: https://cloud.tencent.com/document/product/583/31927. No timer fires by itself here."""

from datetime import datetime, timezone

TIMERS = ("sweep",)
"""Functions that have a timer trigger, which bears the function's name."""


def event(name: str, at: float) -> dict[str, str]:
    """The event of a timer that fires at this moment (seconds since the epoch); it has no argument."""
    moment = datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"Type": "Timer", "TriggerName": name, "Time": moment, "Message": ""}
