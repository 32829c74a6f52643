"""Runs the command line in this process, without a cloud; returns its output on a terminal or elsewhere."""

from __future__ import annotations

import io

from cli.main import main
from cli.terminal.console import Console


class Terminal(io.StringIO):
    """A terminal at which somebody has typed an answer."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def run(*words: str, env: dict[str, str] | None = None, typed: str | None = None) -> tuple[int, str, str]:
    """Exit code, output, and what stands beside it."""
    out, err = io.StringIO(), io.StringIO()
    source = io.StringIO() if typed is None else Terminal(typed)
    code = main(words, Console(env=env or {}, out=out, err=err, source=source))
    return code, out.getvalue(), err.getvalue()
