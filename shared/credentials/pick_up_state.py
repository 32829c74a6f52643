"""How a file stands for whoever comes to pick it up.

Somebody is a browser, known by a cookie that the page sets. Whoever comes without one is somebody new each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from shared.credentials.pick_up import Opening, digest


class Visitor(NamedTuple):
    """Who comes: their IP address and their browser's cookie, each nothing where it is not known."""

    address: str = ""
    cookie: str = ""

    def browser(self, file: str) -> str:
        """How this browser is known where it opens this file."""
        return digest(f"{file} {self.cookie}") if self.cookie else ""


@dataclass(frozen=True)
class State:
    """How a file stands for a visitor.

    `opening`: by whom it was opened, or None; `own`: it was this very browser; `again`: seconds for which it may still
    fetch the file; `disputed`: who has said that the opening was not theirs.
    """

    opening: Opening | None
    own: bool = False
    again: int = 0
    disputed: Opening | None = None
