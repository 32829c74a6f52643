"""A text in the two languages of this project."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class Text(NamedTuple):
    """A text in English and in Chinese, in Markdown."""

    en: str
    zh: str


def text_of(name: str, texts: Mapping[str, T], where: str) -> T:
    """The text of a name. Raises LookupError that says `where` to add one: contributors read it."""
    if name not in texts:
        raise LookupError(f"{name} has no text: add it to {where}")
    return texts[name]
