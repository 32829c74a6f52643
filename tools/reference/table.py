"""A table of the reference in both languages."""

from cli.reference.text import Text

Table = list[tuple[Text, ...]]
"""The heading, then the rows."""


def same(text: str) -> Text:
    """A text that is the same in both languages."""
    return Text(text, text)
