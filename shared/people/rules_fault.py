"""An error in a document of rules, with its line, rule and field, in a form that is safe to show."""

from __future__ import annotations

from typing import NamedTuple

from shared.people.located_json import Path


class Fault(NamedTuple):
    """An error and where it is. `rule`: the name or number of the rule, "" where it concerns no rule."""

    line: int
    rule: str
    field: str
    problem: str

    def __str__(self) -> str:
        """One line for people."""
        rule = f' in rule "{self.rule}"' if self.rule else ""
        return f"line {self.line}: {self.field or 'the document'}{rule} {self.problem}"


def dotted(path: Path) -> str:
    """A path as a text, such as `rules[0].name`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{ascii_safe(part)}"
    return text


def ascii_safe(text: str) -> str:
    """A text of the file that is safe to show: cut, in ASCII, without control characters."""
    text = text[:80]
    return text if text.isprintable() else ascii(text)[1:-1]
