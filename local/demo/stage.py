"""What the audience sees: narration, requests and answers in full, tables, and claims that are checked on the spot."""

import json
import sys
from collections.abc import Mapping, Sequence
from time import monotonic

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Stage:
    """The terminal, in colour, or a plain file or pipe. `failed` holds the claims that turned out not to be true."""

    def __init__(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            # A terminal that knows no tick mark gets a question mark instead of ending the demo.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="replace")
        self._console = Console(highlight=False, soft_wrap=True, markup=False)
        self._began = monotonic()
        self._step = 0
        self.held = 0
        self.failed: list[str] = []

    def step(self, title: str, *story: str) -> None:
        """Begin a scene: a numbered headline and what a newcomer needs to know."""
        self._step += 1
        self._console.print(f"\n{self._step}. {title}", style="bold cyan")
        for line in story:
            self.say(line)

    def say(self, line: str, style: str = "") -> None:
        """One line of narration."""
        self._console.print(line, style=style or None)

    def show(self, title: str, facts: Mapping[str, object]) -> None:
        """Names and values under a headline."""
        self.say(title, "bold")
        width = max(map(len, facts))
        for name, value in facts.items():
            self.say(f"   {name:{width}}  {value}", "dim")

    def sent(self, line: str, body: object, headers: Mapping[str, str] | None = None) -> None:
        """What is about to be sent: a request or message line, its headers, its body."""
        self.say(f"-> {line}", "bold yellow")
        for name, value in (headers or {}).items():
            self.say(f"   {name}: {value}", "dim")
        self.say(f"   {json.dumps(body, ensure_ascii=False)}")

    def answer(self, title: str, value: object) -> None:
        """An answer, whole, as JSON that can be copied."""
        numbers = isinstance(value, dict) and all(type(one) is int for one in value.values())
        self.say(f"<- {title}", "bold green")
        self.say(json.dumps(value, indent=None if numbers else 2, ensure_ascii=False))

    def file(self, title: str, text: str) -> None:
        """The content of a file, as it is."""
        self.say(f"<- {title}", "bold green")
        self.say(text.rstrip("\r\n").replace("\r\n", "\n"))

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table; plain columns where nobody looks at a terminal."""
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
        """Say whether a claim holds, and remember it for the end."""
        if holds:
            self.held += 1
            self._console.print(Text("   ✓ ", "bold green") + Text(claim))
        else:
            self.failed.append(claim)
            self._console.print(Text("   ✗ ", "bold red") + Text(claim, "bold red"))

    def verdict(self) -> int:
        """The end: the exit code, 0 if every claim held."""
        seconds = monotonic() - self._began
        if self.failed:
            self.say(f"\n{len(self.failed)} claims do not hold ({seconds:.0f} seconds):", "bold red")
            for claim in self.failed:
                self.say(f"   ✗ {claim}", "red")
            return 1
        self.say(f"\nAll {self.held} claims hold ({seconds:.0f} seconds). Nothing is left running.", "bold green")
        self.say("Play with it yourself: .venv/bin/python -m local up")
        return 0
