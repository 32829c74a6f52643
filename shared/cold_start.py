"""Loads a function's modules without collecting garbage meanwhile."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Import a function's modules within this.

    Nothing of what is loaded is garbage: looking for it meanwhile is a part of a cold start, and looking through all of
    it again is part of every later collection, so it is set aside (https://docs.python.org/3/library/gc.html#gc.freeze).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
