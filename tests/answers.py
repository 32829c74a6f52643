"""The result of an invocation, as the platform gets it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.processes import Killed


@dataclass(frozen=True)
class Answer:
    """The result of an invocation: an HTTP answer, a batch's counters, or an exception."""

    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    error: BaseException | None = None
    text: str = ""

    @property
    def killed(self) -> bool:
        """Whether the process died."""
        return isinstance(self.error, Killed)

    @property
    def final(self) -> bool:
        """Whether the event would not be delivered again."""
        return self.error is None and "Retry-After" not in self.headers

    @property
    def pause(self) -> float:
        """Seconds until the event is delivered again: what the answer says, or the queue's interval."""
        return float(self.headers.get("Retry-After", 5))


def told(answer: dict[str, Any]) -> Answer:
    """The value that a function returned: an HTTP answer, a text for people, or a batch's counters."""
    if "statusCode" not in answer:
        return Answer(body=answer)
    if answer["headers"]["Content-Type"].startswith("text/"):
        return Answer(answer["statusCode"], headers=answer["headers"], text=answer["body"])
    return Answer(answer["statusCode"], json.loads(answer["body"] or "{}"), answer["headers"])
