"""Does work in a few threads at once. Their module is loaded when they are needed first, for a short cold start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_THREADS = 8


def each(work: Callable[[S], T], items: Sequence[S], *, alone: int = 1) -> list[T]:
    """Apply a function to each item and return the results in order; up to `alone` items need no threads.

    Of several errors the first one in their order is raised, after all that had begun has ended.
    """
    if len(items) <= alone:
        return [work(item) for item in items]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(max_workers=min(_THREADS, len(items))) as pool:
        return list(pool.map(work, items))


def both(first: Callable[[], S], second: Callable[[], T], *, at_once: bool) -> tuple[S, T]:
    """The results of two look-ups that do not need each other; where both fail, the first one's error is raised."""
    if not at_once:
        return first(), second()
    done: list[Any] = each(lambda look_up: look_up(), (first, second))
    return done[0], done[1]
