"""Runs work in a few threads at once. The calling thread is one of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

S = TypeVar("S")
T = TypeVar("T")

_AT_ONCE = 8


def each(work: Callable[[S], T], items: Sequence[S], *, alone: int = 1, at_once: int = _AT_ONCE) -> list[T]:
    """Apply a function to each item and return the results in order; up to `alone` items are done without threads.

    If several items fail, the error of the first of them is raised, after all calls that have begun have ended.
    """
    if len(items) <= alone:
        return [work(item) for item in items]
    return side_by_side(work, items, min(at_once, len(items)))


def both(first: Callable[[], S], second: Callable[[], T], *, at_once: bool) -> tuple[S, T]:
    """The results of two independent look-ups. If both fail, the error of the first is raised."""
    if not at_once:
        return first(), second()
    done: list[Any] = each(lambda look_up: look_up(), (first, second))
    return done[0], done[1]


def side_by_side(work: Callable[[S], T], items: Sequence[S], workers: int) -> list[T]:
    """As `each`, with this number of threads. The calling thread is one of them, since starting a thread costs time."""
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
        # An error that is no Exception (such as SystemExit) ends the process, so it comes before all others.
        raise errors[min(errors, key=lambda n: (isinstance(errors[n], Exception), n))]
    return [results[n] for n in range(len(items))]


def _next(waiting: deque[tuple[int, S]]) -> tuple[int, S] | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None
