"""What CLS's API lists of an alarm policy."""

from dataclasses import dataclass


@dataclass
class Alarm:
    """An alarm policy on one log topic."""

    name: str
    query: str
    condition: str
    enabled: bool = True
