"""Exceptions that nobody foresaw, which no edge of a function lets through: the platform would answer with a traceback.

A panic of a library in another language is a BaseException and no Exception (PyO3); an edge catches it all the same:

    except EXITS:
        raise
    except BaseException as error:
        ... unexpected(error)
"""

from __future__ import annotations

from shared.errors import ImAccessError

EXITS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""What ends the process or a generator, and is no failure of what it was doing."""


def unexpected(error: BaseException) -> ImAccessError:
    """What stands for such an exception: its type alone, as its text may hold anything."""
    return ImAccessError("internal_error", f"Unexpected {type(error).__name__}")
