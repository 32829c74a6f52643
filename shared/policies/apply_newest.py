"""Applies the newest events, and looks again until nothing newer has come.

Consider the last write that CAM takes: whoever sent it looks once more afterwards. If that shows another newest event
there is a further write, so it was not the last; and whoever records an event only after that look, writes after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.concurrency import each
from shared.errors import ImAccessError
from shared.policies.ledger import PolicyState

States = dict[str, PolicyState]
"""The state that each policy should have, by its name."""
Apply = Callable[[str, PolicyState], None]


def apply_all(due: States, apply: Apply) -> dict[str, ImAccessError]:
    """Apply each policy by itself; returns the errors of those that failed."""

    def attempt(name: str) -> ImAccessError | None:
        try:
            apply(name, due[name])
        except ImAccessError as error:
            return error
        return None

    return {name: error for name, error in zip(due, each(attempt, list(due)), strict=True) if error}


def newer_states(before: States, again: States) -> States:
    """The states of a later look that differ from what was applied."""
    return {name: state for name, state in again.items() if name not in before or before[name].newest != state.newest}


def apply_newest(
    first: States, look: Callable[[Sequence[str]], States], apply: Apply, before: States | None = None
) -> States:
    """Apply states until a later look shows the same; returns what was applied in the end. `look` may add policies.

    `before`: what was applied already. The first error is raised once all the other policies are done.
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
