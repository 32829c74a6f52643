"""What a visitor of the credentials page can do with a file.

A visitor is a browser, which a cookie of the page identifies. A browser without the cookie is a new visitor each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from shared.credentials.pick_up_records import Opening, digest


class Visitor(NamedTuple):
    """A visitor: the IP address and the cookie, each "" where it is not known."""

    address: str = ""
    cookie: str = ""

    def browser(self, file: str) -> str:
        """The hash that identifies this browser in the records of the file."""
        return digest(f"{file} {self.cookie}") if self.cookie else ""


@dataclass(frozen=True)
class FileState:
    """The state of a file for one visitor.

    `opening`: who opened the file, or None; `own`: this browser did; `again`: seconds for which this browser may
    download it again; `disputed`: the dispute of the opening, or None.
    """

    opening: Opening | None
    own: bool = False
    again: int = 0
    disputed: Opening | None = None
