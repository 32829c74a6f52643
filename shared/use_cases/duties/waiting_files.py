"""Credentials files that wait to be picked up, each with all its links, as the duties of the sweep see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.credentials.pick_up_records import PickUpLink, digest
from shared.errors import ImAccessError

MARKS = "unclaimed/"
"""The prefix of the notes about such files."""


class WaitingFile(NamedTuple):
    """A file whose links have all ended, the newest link last, and the notes about the file."""

    file: str
    links: tuple[PickUpLink, ...]
    warned: bool
    closed: bool

    @property
    def name(self) -> str:
        """A name for logs, which must not hold the file's object key."""
        return digest(self.file)

    @property
    def newest(self) -> PickUpLink:
        """The link that was made last."""
        return self.links[-1]

    def mark(self, word: str) -> str:
        """The object key of a note about it."""
        return f"{MARKS}{self.name}-{word}.json"


@dataclass
class FoundFiles:
    """The files that a look has found: those that nobody has picked up in time, the finished ones, and errors of
    unreadable objects, by a name for each.
    """

    due: list[WaitingFile] = field(default_factory=list)
    finished: list[WaitingFile] = field(default_factory=list)
    unreadable: dict[str, ImAccessError] = field(default_factory=dict)


def waiting_file(file: str, links: Iterable[PickUpLink], marks: set[str]) -> WaitingFile:
    """A file with its links; `marks` are the object keys of all notes."""
    waiting = WaitingFile(file, tuple(sorted(links, key=lambda one: one.made_at)), warned=False, closed=False)
    return waiting._replace(warned=waiting.mark("warned") in marks, closed=waiting.mark("closed") in marks)
