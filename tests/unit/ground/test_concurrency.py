"""Work side by side: the results in order, all that has begun has ended, and the first error is the one that counts."""

from __future__ import annotations

import threading

import pytest

from shared.concurrency import both, each


def test_results_are_in_the_order_of_what_was_asked() -> None:
    """However many there are, and whoever of the threads did them."""
    assert each(lambda n: n * n, range(100)) == [n * n for n in range(100)]
    assert each(str, []) == []


def test_as_many_are_under_way_as_may_be() -> None:
    """As many items are worked on at once as are allowed, the calling thread's included."""
    together, by = threading.Barrier(4, timeout=30), set[int]()

    def meet(_: int) -> None:
        together.wait()
        by.add(threading.get_ident())

    each(meet, range(8), at_once=4)
    assert len(by) == 4
    assert threading.get_ident() in by


def test_few_are_done_one_after_the_other() -> None:
    """Few items are done one after the other, without a thread."""
    assert each(lambda _: threading.get_ident(), range(3), alone=3) == [threading.get_ident()] * 3
    assert both(threading.get_ident, threading.get_ident, at_once=False) == (threading.get_ident(),) * 2


def test_the_first_error_in_their_order_is_raised_once_all_have_ended() -> None:
    """The second fails first, and the third is waited for; nothing new is begun."""
    failed, done = threading.Event(), list[int]()

    def work(n: int) -> None:
        if n == 1:
            failed.set()
            raise LookupError(n)
        assert failed.wait(10)
        if n == 0:
            raise ValueError(n)
        done.append(n)

    with pytest.raises(ValueError, match="0"):
        each(work, range(100), at_once=3)
    assert done == [2]


def test_what_ends_the_process_comes_before_any_error() -> None:
    """Ctrl-C in one thread is raised even if another thread fails."""

    def work(n: int) -> None:
        raise (ValueError if n == 0 else KeyboardInterrupt)

    with pytest.raises(KeyboardInterrupt):
        each(work, range(2))
