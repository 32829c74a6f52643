"""The calls that the emulator received, and the faults that are planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple


class Fault(Enum):
    """What goes wrong with a call. `CUT`: the connection ends without an answer. Before the effect, or after it."""

    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    ERROR_BEFORE = auto()
    ERROR_AFTER = auto()
    THROTTLE = auto()

    @property
    def prevents(self) -> bool:
        """Whether the call has no effect."""
        return self in (Fault.CUT_BEFORE, Fault.ERROR_BEFORE, Fault.THROTTLE)

    @property
    def cuts(self) -> bool:
        """Whether the connection ends."""
        return self in (Fault.CUT_BEFORE, Fault.CUT_AFTER)


class Call(NamedTuple):
    """What a service was asked: `key` is an object's, or the prefix of a listing."""

    service: str
    action: str
    key: str = ""


@dataclass
class Plan:
    """At the n-th call from now on (of this action, if one is named), once: a fault, if any, and what happens then."""

    fault: Fault | None
    nth: int = 1
    action: str = ""
    then: Callable[[], object] = field(default=lambda: None)


@dataclass
class Journal:
    """The calls in their order, and the plans that have not come about."""

    calls: list[Call] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def due(self, call: Call) -> Plan | None:
        """Count the call; the plan that it fulfils."""
        self.calls.append(call)
        for plan in self.plans:
            plan.nth -= plan.action in ("", call.action)
        found = next((plan for plan in self.plans if plan.nth == 0), None)
        self.plans = [plan for plan in self.plans if plan.nth > 0]
        return found
