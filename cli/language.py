"""Chooses Chinese or English by the locale. Texts in the code are English; `cli/chinese/` holds the Chinese ones."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Literal

from cli.chinese import CHINESE

Language = Literal["en", "zh"]

_CURRENT: ContextVar[Language] = ContextVar("language", default="en")


def chosen(env: Mapping[str, str]) -> Language:
    """The language of a locale: the first of LC_ALL, LC_MESSAGES and LANG that is set (POSIX, 8.2)."""
    names = (env.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, names), "").lower().startswith("zh") else "en"


def speak(language: Language) -> None:
    """Use this language from here on."""
    _CURRENT.set(language)


def language() -> Language:
    """The language in use."""
    return _CURRENT.get()


def _(english: str) -> str:
    """Translate a text into the language in use; it stays English if there is no translation."""
    return CHINESE.get(english, english) if _CURRENT.get() == "zh" else english
