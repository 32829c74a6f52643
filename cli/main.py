"""The command line: `im-access dead-letters|history|who|doctor`.

Exit codes: 0 done, 1 something wants attention, 2 wrong usage, 3 the cloud or the settings did not allow it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from cli import dead_letters
from cli.console import UNAVAILABLE, USAGE, Console
from shared.errors import ImAccessError
from shared.version import __version__

_FORM = argparse.RawDescriptionHelpFormatter


def main(argv: Sequence[str] | None = None, console: Console | None = None) -> int:
    """Run one command; the exit code."""
    arguments = parser().parse_args(argv)
    console = console or Console()
    console.as_json = arguments.json
    run: Callable[[Console, argparse.Namespace], int] = arguments.run
    try:
        return run(console, arguments)
    except LookupError as error:
        sys.stderr.write(f"im-access: {error.args[0]}\n")
        return USAGE
    except ImAccessError as error:
        sys.stderr.write(f"im-access: {error.code}: {error.detail}\n")
        return UNAVAILABLE
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command with its help."""
    top = argparse.ArgumentParser("im-access", description="Look after im-access.", formatter_class=_FORM)
    top.epilog = (
        "Settings and credentials come from the environment, as for the functions.\n"
        "Exit codes: 0 done, 1 something wants attention, 2 wrong usage, 3 not possible now."
    )
    top.add_argument("--version", action="version", version=f"im-access {__version__}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _dead_letters(commands)
    one = _add(commands, "history", "what happened to a person", "im-access history alice", _history)
    one.add_argument("user")
    one = _add(commands, "who", "who holds a policy: ledger against CAM", "im-access who QcloudIMReadOnlyAccess", _who)
    one.add_argument("policy")
    one = _add(commands, "doctor", "check an account, before and after deploying", "im-access doctor --probe", _doctor)
    one.add_argument("--probe", action="store_true", help="also write and delete a throw-away object")
    return top


def _dead_letters(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    letters = commands.add_parser("dead-letters", help="messages that could not be done")
    verbs = letters.add_subparsers(required=True, metavar="VERB")
    one = _add(verbs, "list", "show them", "im-access dead-letters list --retry", _list)
    one.add_argument("--function", choices=dead_letters.FUNCTIONS)
    one.add_argument("--retry", action="store_true", help="only those that can succeed once somebody has acted")
    one = _add(verbs, "show", "show one whole", "im-access dead-letters show 3f2a", _show)
    one.add_argument("id")
    one = _add(verbs, "redrive", "do them again", "im-access dead-letters redrive 3f2a 77b0", _redrive)
    one.add_argument("id", nargs="*")
    one.add_argument("--all", action="store_true", help="all that are marked retry")
    one.add_argument("--dry-run", action="store_true")
    one = _add(verbs, "drop", "remove them for good", "im-access dead-letters drop 3f2a", _drop)
    one.add_argument("id", nargs="+")
    one.add_argument("--dry-run", action="store_true")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    example: str,
    run: Callable[[Console, argparse.Namespace], int],
) -> argparse.ArgumentParser:
    one = commands.add_parser(
        name, help=text, description=text.capitalize() + ".", epilog=f"Example:\n  {example}", formatter_class=_FORM
    )
    one.add_argument("--json", action="store_true", help="for machines")
    one.set_defaults(run=run)
    return one


def _list(console: Console, arguments: argparse.Namespace) -> int:
    return dead_letters.list_letters(console, function=arguments.function, retry_only=arguments.retry)


def _show(console: Console, arguments: argparse.Namespace) -> int:
    return dead_letters.show_letter(console, arguments.id)


def _redrive(console: Console, arguments: argparse.Namespace) -> int:
    if bool(arguments.id) == arguments.all:
        raise LookupError("redrive takes ids, or --all")
    return dead_letters.redrive(console, arguments.id, all_retryable=arguments.all, dry_run=arguments.dry_run)


def _drop(console: Console, arguments: argparse.Namespace) -> int:
    return dead_letters.drop(console, arguments.id, dry_run=arguments.dry_run)


def _history(console: Console, arguments: argparse.Namespace) -> int:
    from cli.history import history

    return history(console, arguments.user)


def _who(console: Console, arguments: argparse.Namespace) -> int:
    from cli.who import who

    return who(console, arguments.policy)


def _doctor(console: Console, arguments: argparse.Namespace) -> int:
    from cli.doctor import doctor

    return doctor(console, probe=arguments.probe)


if __name__ == "__main__":
    sys.exit(main())
