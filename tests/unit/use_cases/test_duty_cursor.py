"""The position of a duty: what an earlier run has stored, and which part of it counts."""

from __future__ import annotations

from shared.use_cases.duties.cursor import LONGEST_REST, Position, Positions
from tests.processes import WorldClock
from tests.unit.policies.stores import MemoryStore


def test_a_rest_holds_to_its_end() -> None:
    """The next run reads what the last one noted, and when the rest ends."""
    clock, store = WorldClock(1.8e9), MemoryStore()
    noted = Position("requests/x", clock.now() + LONGEST_REST)
    Positions(store, clock).move("prune", noted)
    assert Positions(store, clock).read("prune") == noted


def test_a_rest_that_a_clock_noted_which_was_ahead_is_none() -> None:
    """A clock that was forty days ahead for one run does not keep a duty from its work for forty days."""
    clock, store = WorldClock(1.8e9), MemoryStore()
    ahead = WorldClock(clock.now() + 40 * LONGEST_REST)
    Positions(store, ahead).move("drift", Position("lives/x", ahead.now() + LONGEST_REST, "rules"))
    assert Positions(store, clock).read("drift") == Position("lives/x", 0.0, "rules")
