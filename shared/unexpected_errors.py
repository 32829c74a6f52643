"""Turns exceptions that nobody expected into an `internal_error`. Every entrypoint catches them; else the platform
would answer with a traceback.

A panic of a Rust library is a BaseException and no Exception (PyO3). It is caught, too:

    except EXITS:
        raise
    except BaseException as error:
        ... unexpected(error)
"""

from __future__ import annotations

from shared.errors import ImAccessError

EXITS = (KeyboardInterrupt, SystemExit, GeneratorExit)
"""Exceptions that end the process or a generator. They are no failures, so they are raised again."""


def unexpected(error: BaseException) -> ImAccessError:
    """The error to report instead. It names the exception's type only, since the text may hold anything."""
    return ImAccessError("internal_error", f"Unexpected {type(error).__name__}")
