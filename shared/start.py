"""What a function's module begins with: all that every event needs is loaded as a cold start wants it."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from shared.later import later
from shared.patterns import at_hand


@contextmanager
def loading() -> Iterator[None]:
    """Import a function's modules within this.

    Nothing of what is loaded is garbage: looking for it meanwhile is a twentieth of a cold start, and looking through
    all of it again is part of every later collection, so it is set aside.
    """
    gc.disable()
    # structlog imports asyncio for loggers of coroutines, requests idna for names in other scripts, the standard
    # library subprocess to ask for the machine's name and tokenize to show lines of a traceback.
    for name in ("asyncio", "subprocess", "tokenize", "idna"):
        later(name)
    # The package has no guesser of encodings for requests: nothing here reads a text whose encoding is not known.
    warnings.filterwarnings("ignore", "Unable to find acceptable character detection dependency")
    try:
        with at_hand():
            import requests  # noqa: F401 - every event makes calls

            yield
    finally:
        gc.freeze()
        gc.enable()
