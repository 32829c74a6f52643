"""The credentials page's function from the outside: what its trigger needs, composed for one invocation."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from shared.clock import SystemClock
from shared.credentials.pick_up import Opening, PickUpLink
from shared.credentials.pick_up_attempts import PickUpAttempts
from shared.deadline import Deadline
from shared.delivering import signer, teller
from shared.entrypoints import page
from shared.invocation import Invocation
from shared.site import Site, instance
from shared.tencent.cos import Cos
from shared.use_cases.claim_credentials import ClaimCredentials, Outcome

_TIDIED = 3
"""Earlier claims that an invocation finishes beside its own work."""


def run(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """One invocation of a function that answers people."""
    return page.handle(event, Desk(function, context, os.environ, instance(), SystemClock()))


class Desk(Invocation):
    """The function that people meet."""

    def find(self, token: str) -> PickUpLink | None:
        """What a token leads to, or None. Raises Unavailable, CloudError, Misconfigured."""
        return self._operation.find(token)

    def opening(self, link: PickUpLink) -> Opening | None:
        """How its file was opened, or None."""
        return self._operation.opening(link)

    def claim(self, link: PickUpLink, address: str) -> Outcome | None:
        """Claim it; None where the file is gone. Raises Unavailable, CloudError, Misconfigured."""
        self._where.check_bucket(self._cos)
        return self._operation.claim(link, address)

    def tidy(self) -> None:
        """Do a little of what earlier claims have left to do."""
        self._attempts.tidy(_TIDIED)

    @property
    def file_origin(self) -> str:
        """Where files are downloaded from."""
        parts = urlsplit(self._cos.base)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def _where(self) -> Site:
        return self._site()

    @cached_property
    def _cos(self) -> Cos:
        return self._where.cos(Deadline(self.clock, self._ends_at))

    @cached_property
    def _attempts(self) -> PickUpAttempts:
        return PickUpAttempts(self._cos, self.clock, teller(self._where))

    @cached_property
    def _operation(self) -> ClaimCredentials:
        return ClaimCredentials(self._cos, self.clock, self._attempts, signer(self._where, self._cos), self.remaining)
