"""A text in the two languages of this project."""

from typing import NamedTuple


class Text(NamedTuple):
    """The same said in English and in Chinese, in Markdown."""

    en: str
    zh: str
