"""Writes a command's output to the terminal or to a file; the file is checked before long work begins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cli.language import _
from cli.terminal.console import Console


class OutputFile(click.Path):
    """A parameter type: the path of a file that can be written. Raises BadParameter otherwise, before any work."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's form
        """Check the path, and return it as it was typed."""
        path = str(super().convert(value, param, ctx))
        folder = Path(path).parent
        if not folder.is_dir():
            self.fail(_("there is no folder {folder}").format(folder=folder), param, ctx)
        if not os.access(folder, os.W_OK | os.X_OK):
            self.fail(_("the folder {folder} cannot be written").format(folder=folder), param, ctx)
        return path


OUTPUT = OutputFile()


def page_for_a_file(console: Console, output: str | None, example: str) -> None:
    """Require `--output` for a web page on a terminal, before long work begins. Raises BadParameter."""
    if output is None and console.out.isatty():
        problem = _("a page is for a browser: name a file, such as {file}")
        raise click.BadParameter(problem.format(file=example), param_hint="'--output'")


def put(console: Console, output: str | None, text: str) -> None:
    """Print the text or write it to a file. Raises LookupError if the file cannot be written after all."""
    console.progress.stop()
    if output is None:
        console.out.write(text)
    else:
        write_file(output, text)
        console.say(_("Written: {file}").format(file=output))


def write_file(path: str, text: str) -> None:
    """Write a whole file, with unchanged ends of lines. Raises LookupError if it cannot be written."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        problem = _("{file} cannot be written: {why}")
        raise LookupError(problem.format(file=path, why=error.strerror)) from None
