"""A text in the two languages of this project."""

from typing import NamedTuple


class Text(NamedTuple):
    """A text in English and in Chinese, in Markdown."""

    en: str
    zh: str
