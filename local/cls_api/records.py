"""An alarm policy as CLS's API lists it."""

from dataclasses import dataclass


@dataclass
class Alarm:
    """An alarm policy on one log topic."""

    name: str
    query: str
    condition: str
    enabled: bool = True
