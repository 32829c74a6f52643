"""The organisation that a page or a mail shows, its contact, and the language."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from shared.web.language import Language
from shared.web.texts import TEXTS

_MAILTO = "mailto:"


class Site(NamedTuple):
    """The organisation's name and its contact (a text, an https or a mailto address), each "" where it is not set."""

    language: Language
    organisation: str = ""
    contact: str = ""

    def say(self, name: str) -> str:
        """A text in the site's language."""
        return TEXTS[name][self.language]

    @property
    def name(self) -> str:
        """The organisation's name, as text."""
        return self.organisation or self.say("name")

    def ask(self) -> str:
        """The contact, as HTML."""
        return self.say("ask").format(whom=self._whom())

    def ask_plainly(self) -> str:
        """The contact, as text."""
        return self.say("ask").format(whom=self.contact.removeprefix(_MAILTO) or self.say("administrator"))

    def _whom(self) -> str:
        shown = escape(self.contact.removeprefix(_MAILTO))
        if self.contact.startswith(("https://", _MAILTO)):
            return f'<a href="{escape(self.contact)}" rel="noreferrer">{shown}</a>'
        return shown or self.say("administrator")
