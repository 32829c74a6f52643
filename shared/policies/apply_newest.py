"""Applies the newest events, and looks again until nothing newer has come.

Why this suffices: the sender of the last write looks once more after it. If it sees a newer event, it writes again, so
that write was not the last. And an event that is recorded after that look is written after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.concurrency import each
from shared.errors import ImAccessError
from shared.policies.ledger import PolicyState

States = dict[str, PolicyState]
"""The state that each policy should have, by name."""
Apply = Callable[[str, PolicyState], None]


def apply_all(due: States, apply: Apply) -> dict[str, ImAccessError]:
    """Apply each policy separately; returns the errors of those that failed."""

    def attempt(name: str) -> ImAccessError | None:
        try:
            apply(name, due[name])
        except ImAccessError as error:
            return error
        return None

    return {name: error for name, error in zip(due, each(attempt, list(due)), strict=True) if error}


def newer_states(before: States, again: States) -> States:
    """The states of a later look that differ from those that were applied."""
    return {name: state for name, state in again.items() if name not in before or before[name].newest != state.newest}


def apply_newest(
    first: States, look: Callable[[Sequence[str]], States], apply: Apply, before: States | None = None
) -> States:
    """Apply states until a later look shows the same states; returns the applied states. `look` may add policies.

    `before`: states that were applied already. The first error is raised after all other policies are done.
    """
    done: States = dict(before or {})
    due = first
    errors: list[ImAccessError] = []
    while due:
        failed = apply_all(due, apply)
        errors += failed.values()
        done |= due
        again = look([name for name in due if name not in failed]) if len(failed) < len(due) else {}
        due = newer_states(done, again)
    if errors:
        raise errors[0]
    return done
