"""The command line `im-access`. Exit codes: see exit_codes.py; the commands: see registry.py."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress

import click

from cli.commands import completion
from cli.exit_codes import FAILED, INTERRUPTED, OK, USAGE
from cli.language import _, chosen, speak
from cli.registry import COMMANDS
from cli.terminal import error_text
from cli.terminal.command import Commands
from cli.terminal.console import Console, Declined
from shared.errors import ImAccessError, Misconfigured
from shared.version import __version__


@click.group("im-access", cls=Commands, commands=COMMANDS)
@click.version_option(__version__, message=f"im-access {__version__}", help="the version")
def root() -> None:
    """Look after im-access. Settings and credentials come from the environment, as for the functions."""


def main(argv: Sequence[str] | None = None, console: Console | None = None) -> int:
    """Run one command; the exit code."""
    console = console or Console()
    for stream in (console.out, console.err):
        # A terminal that cannot show a character gets a question mark instead of a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    speak(chosen(console.env))
    words = list(sys.argv[1:] if argv is None else argv)
    asked = completion.answered(root, console.env)
    if asked is not None:
        return asked
    try:
        return _run(words, console)
    except BrokenPipeError:
        _hush()
        return OK
    finally:
        console.progress.stop()


def _run(words: list[str], console: Console) -> int:
    try:
        with root.make_context("im-access", words, obj=console) as context:
            console.progress.start()
            code: int = root.invoke(context)
        console.progress.stop()
        console.out.flush()
        return code
    except click.exceptions.NoArgsIsHelpError as error:
        console.out.write(error.format_message() + "\n")
        return USAGE
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        return _fail(console, error_text.usage(error), USAGE)
    except LookupError as error:
        return _fail(console, [str(error.args[0])], FAILED)
    except Declined as error:
        return _fail(console, [str(error)], FAILED if console.source.isatty() else USAGE)
    except ImAccessError as error:
        code = USAGE if isinstance(error, Misconfigured) or error.code == error_text.WRONG else FAILED
        known = vars(console).get("environment", console.env)
        return _fail(console, error_text.lines_of(error, known), code)
    except KeyboardInterrupt:
        return _fail(console, _interrupted(console), INTERRUPTED)


def _fail(console: Console, lines: Iterable[str], code: int) -> int:
    console.warn("\n".join(lines))
    return code


def _interrupted(console: Console) -> list[str]:
    """The line that says what was done before the interruption."""
    done = "; ".join(console.changed) or _("nothing was changed")
    progress = f" ({console.progress.text})" if console.progress.text else ""
    return [_("Interrupted") + progress + ": " + done + "."]


def _hush() -> None:
    """Discard further output, as its reader is gone (https://docs.python.org/3/library/signal.html)."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
