"""Writes a command's output to the terminal, or into a file, which is checked before long work begins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from cli.language import _
from cli.terminal.console import Console


class OutputFile(click.Path):
    """The path of a file that can be written. Raises BadParameter for one that cannot, before anything is done."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - click's form
        """The path as it was typed."""
        path = str(super().convert(value, param, ctx))
        folder = Path(path).parent
        if not folder.is_dir():
            self.fail(_("there is no folder {folder}").format(folder=folder), param, ctx)
        if not os.access(folder, os.W_OK | os.X_OK):
            self.fail(_("the folder {folder} cannot be written").format(folder=folder), param, ctx)
        return path


OUTPUT = OutputFile()


def page_for_a_file(console: Console, output: str | None, example: str) -> None:
    """Ask for a file before long work begins whose result is a web page. Raises BadParameter on a terminal without."""
    if output is None and console.out.isatty():
        problem = _("a page is for a browser: name a file, such as {file}")
        raise click.BadParameter(problem.format(file=example), param_hint="'--output'")


def put(console: Console, output: str | None, text: str) -> None:
    """Print it, or write it into a file. Raises LookupError where the file cannot be written after all."""
    console.progress.stop()
    if output is None:
        console.out.write(text)
    else:
        write_file(output, text)
        console.say(_("Written: {file}").format(file=output))


def write_file(path: str, text: str) -> None:
    """Write a whole file, each end of line as it is. Raises LookupError where it cannot be."""
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        problem = _("{file} cannot be written: {why}")
        raise LookupError(problem.format(file=path, why=error.strerror)) from None
