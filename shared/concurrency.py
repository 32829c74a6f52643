"""Does work in a few threads at once, of which the one that asks for it is one."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_AT_ONCE = 8


def each(work: Callable[[S], T], items: Sequence[S], *, alone: int = 1, at_once: int = _AT_ONCE) -> list[T]:
    """Apply a function to each item and return the results in order; up to `alone` items need no threads.

    Of several errors the first one in their order is raised, after all that had begun has ended.
    """
    if len(items) <= alone:
        return [work(item) for item in items]
    return side_by_side(work, items, min(at_once, len(items)))


def both(first: Callable[[], S], second: Callable[[], T], *, at_once: bool) -> tuple[S, T]:
    """The results of two look-ups that do not need each other; where both fail, the first one's error is raised."""
    if not at_once:
        return first(), second()
    done: list[Any] = each(lambda look_up: look_up(), (first, second))
    return done[0], done[1]


def side_by_side(work: Callable[[S], T], items: Sequence[S], workers: int) -> list[T]:
    """`each`, by so many threads. This one is among them, as each one more costs its start."""
    waiting = deque(enumerate(items))
    results, errors = dict[int, T](), dict[int, BaseException]()

    def take_turns(first: tuple[int, S]) -> None:
        mine: tuple[int, S] | None = first
        while mine:
            n, item = mine
            try:
                results[n] = work(item)
            except BaseException as error:  # noqa: BLE001 - raised below, in the thread that asked
                errors[n] = error
            mine = None if errors else _next(waiting)

    mine = waiting.popleft()
    threads = [threading.Thread(target=take_turns, args=(waiting.popleft(),)) for _ in range(workers - 1)]
    try:
        for thread in threads:
            thread.start()
        take_turns(mine)
    finally:
        for thread in threads:
            if thread.ident:
                thread.join()
    if errors:
        # What is no Exception ends the process, whatever else has failed.
        raise errors[min(errors, key=lambda n: (isinstance(errors[n], Exception), n))]
    return [results[n] for n in range(len(items))]


def _next(waiting: deque[tuple[int, S]]) -> tuple[int, S] | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
