"""One invocation of a function: its settings, its time limit and its log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared import log
from shared.clock import Clock
from shared.deadline import Deadline, Tally
from shared.errors import Misconfigured
from shared.settings import Settings

_UNKNOWN_LIMIT = 30_000
"""Milliseconds, where the context has no time limit. Too long is safe: then the lease of a crash only blocks for
longer.
"""
_LAST_START = 5.0
"""Seconds before the time limit in which nothing more is started; at most half of a short time limit."""


class Invocation:
    """What every function has, whichever trigger calls it.

    `ends_at`: when the platform ends it, in seconds since the epoch, or sooner; `reserve`: seconds before that after
    which nothing more is started.
    """

    def __init__(self, function: str, context: Any, env: Mapping[str, str], clock: Clock) -> None:  # noqa: ANN401 - whatever the platform passes
        log.silence_libraries()
        self.function = function
        self.env = env
        self.settings = Settings(dict(env))
        self.clock = clock
        self.started = clock.now()
        limit = _time_limit(context) / 1000
        self.ends_at = self.started + limit
        self.reserve = min(_LAST_START, limit / 2)
        self.tally = Tally()
        self._log: Any = None  # structlog's loggers are typed by use

    def deadline(self, keep: float = 0.0) -> Deadline:
        """A deadline for one request: the remaining time, and a count of its calls.

        `keep`: it ends this many seconds earlier, to leave time for work after the request.
        """
        return Deadline(self.clock, self.ends_at - keep, self.tally)

    def end_sooner(self, seconds: float) -> None:
        """Have all that follows end so many seconds before the time limit. They are left for what has a deadline
        already.
        """
        self.ends_at -= seconds

    def remaining(self) -> float:
        """Seconds until the invocation is to end."""
        return self.ends_at - self.clock.now()

    def out_of_time(self) -> bool:
        """Whether the time limit is too near to start more work."""
        return self.remaining() < self.reserve

    def log(self, event: str, *, level: str = "info", **values: Any) -> None:  # noqa: ANN401 - JSON values
        """Log one line, at a level of `MEANINGS` or `debug`."""
        if self._log is None:
            self._log = log.get(_log_level(self.settings), function=self.function)
        spent = {"milliseconds": round((self.clock.now() - self.started) * 1000)}
        getattr(self._log, level)(event, **(spent | values))


def _time_limit(context: Any) -> int:  # noqa: ANN401 - whatever the platform passes
    limit = context.get("time_limit_in_ms") if isinstance(context, dict) else None
    return limit if isinstance(limit, int) and limit > 0 else _UNKNOWN_LIMIT


def _log_level(settings: Settings) -> str:
    try:
        return settings.log_level
    except Misconfigured:
        return "INFO"
