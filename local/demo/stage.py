"""Prints the demo: requests, answers and files, in short or in full; at the end a table of all claims."""

import json
import re
import sys
from collections.abc import Mapping, Sequence
from time import monotonic

from rich.console import Console
from rich.table import Table
from rich.text import Text

HELD, FAILED = "✓", "✗"


class Stage:
    """The output of the demo, in colour on a terminal, plain in a file or pipe.

    In short, each request and each answer is one line. In full there are also narration, headers and tables.
    """

    def __init__(self, *, full: bool = False) -> None:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows no tick mark gets a question mark instead of ending the demo.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        self._console = Console(highlight=False, soft_wrap=True, markup=False)
        self._began = monotonic()
        self._full = full
        self._step = 0
        self._claims: list[tuple[str, int, str]] = []

    @property
    def failed(self) -> list[str]:
        """The claims that turned out not to be true."""
        return [claim for mark, _, claim in self._claims if mark == FAILED]

    def step(self, title: str, *story: str) -> None:
        """Begin a scene: a numbered headline and what a newcomer needs to know."""
        self._step += 1
        self._console.print(f"{chr(10) * self._full}{self._step}. {title}", style="bold cyan")
        for line in story:
            self.tell(line)

    def say(self, line: str, style: str = "") -> None:
        """Print a line of narration."""
        self._console.print(line, style=style or None)

    def tell(self, line: str) -> None:
        """Print a line of narration that only the full story has."""
        if self._full:
            self.say(line)

    def show(self, title: str, facts: Mapping[str, object]) -> None:
        """Names and values under a headline, in full."""
        if not self._full:
            return
        self.say(title, "bold")
        width = max(map(len, facts))
        for name, value in facts.items():
            self.say(f"   {name:{width}}  {value}", "dim")

    def sent(self, line: str, body: object, headers: Mapping[str, str] | None = None) -> None:
        """What is about to be sent: a request or message line, its headers, its body."""
        text = json.dumps(body, ensure_ascii=False)
        if not self._full:
            self._pair(f"-> {line}", text, "bold yellow")
            return
        self.say(f"-> {line}", "bold yellow")
        for name, value in (headers or {}).items():
            self.say(f"   {name}: {value}", "dim")
        self.say(f"   {text}")

    def answer(self, title: str, value: object) -> None:
        """An answer, whole, as JSON that can be copied."""
        if not self._full:
            self._pair(f"<- {title}", json.dumps(value, ensure_ascii=False), "bold green")
            return
        numbers = isinstance(value, dict) and all(type(one) is int for one in value.values())
        self.say(f"<- {title}", "bold green")
        self.say(json.dumps(value, indent=None if numbers else 2, ensure_ascii=False))

    def cloud(self, title: str, value: object) -> None:
        """What the cloud itself answers, in full."""
        if self._full:
            self.answer(title, value)

    def answers(self, title: str, values: Mapping[str, Mapping[str, int]]) -> None:
        """The answers of several functions to one message; in short, only of those that did not ignore it."""
        for name, value in values.items():
            if self._full or value["ignored"] < value["received"]:
                self.answer(f"{name} {title}", value)

    def file(self, title: str, text: str) -> None:
        """The content of a file; in short, its first two lines."""
        self.say(f"<- {title}", "bold green")
        lines = text.rstrip("\r\n").replace("\r\n", "\n").split("\n")
        self.say("\n".join(lines if self._full else lines[:2]))

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table, in full."""
        if self._full:
            self._table(title, head, rows)

    def _table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; plain columns if the output is no terminal."""
        if not self._console.is_terminal:
            widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
            for row in [[title], head, *rows]:
                self.say(
                    "   " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
                )
            return
        made = Table(title=title, title_justify="left")
        for name in head:
            made.add_column(name)
        for row in rows:
            made.add_row(*row)
        self._console.print(made)

    def check(self, claim: str, holds: object) -> None:
        """Remember for the final table whether a claim holds; print it at once in full, or if it does not hold."""
        self._claims.append((HELD if holds else FAILED, self._step, claim))
        if not holds:
            self._console.print(Text(f"   {FAILED} ", "bold red") + Text(claim, "bold red"))
        elif self._full:
            self._console.print(Text(f"   {HELD} ", "bold green") + Text(claim))

    def _claim_rows(self) -> list[tuple[str, str, str]]:
        """Each claim with all the steps that made it, in the order in which it was made first."""
        steps: dict[tuple[str, str], list[int]] = {}
        for mark, step, claim in self._claims:
            steps.setdefault((mark, claim), []).append(step)
        return [(mark, ", ".join(map(str, dict.fromkeys(of))), claim) for (mark, claim), of in steps.items()]

    def _pair(self, title: str, text: str, style: str) -> None:
        """A title and a text in one line. A link's signature is cut after its first field, because it fills half a
        screen.
        """
        text = re.sub(r"(\?q-sign-algorithm=[^&]+&)[^\"]+", r"\1...", text)
        self._console.print(Text(f"{title} ", style) + Text(text))

    def verdict(self) -> int:
        """The end: the exit code, 0 if every claim held."""
        seconds = monotonic() - self._began
        self._table("What was claimed, and whether it held", ("held", "step", "claim"), self._claim_rows())
        if self.failed:
            self.say(f"{len(self.failed)} claims do not hold ({seconds:.0f} seconds):", "bold red")
            for claim in self.failed:
                self.say(f"   {FAILED} {claim}", "red")
            return 1
        self.say(f"All {len(self._claims)} claims hold ({seconds:.0f} seconds). Nothing is left running.", "bold green")
        more = "" if self._full else "The whole story: make demo DEMO=--verbose. "
        self.say(f"{more}Play with it yourself: .venv/bin/python -m local up")
        return 0
