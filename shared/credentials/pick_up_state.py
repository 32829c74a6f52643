"""What a visitor of the credentials page may do with a file.

A visitor is a browser, known by a cookie that the page sets. One without the cookie is a new visitor each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from shared.credentials.pick_up_records import Opening, digest


class Visitor(NamedTuple):
    """A visitor: the IP address and the browser's cookie, each "" where it is not known."""

    address: str = ""
    cookie: str = ""

    def browser(self, file: str) -> str:
        """The hash that identifies this browser in the records of this file."""
        return digest(f"{file} {self.cookie}") if self.cookie else ""


@dataclass(frozen=True)
class FileState:
    """The state of a file as one visitor meets it.

    `opening`: by whom it was opened, or None; `own`: it was this very browser; `again`: seconds for which it may still
    fetch the file; `disputed`: who has said that the opening was not theirs.
    """

    opening: Opening | None
    own: bool = False
    again: int = 0
    disputed: Opening | None = None
