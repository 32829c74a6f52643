"""Faults on demand: what goes wrong, for which call, and whether before or after the cloud committed the call."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from local.clock import Clock
from local.journal import Call


class Fault(Enum):
    """What can happen to a call. ``BEFORE`` means that nothing was committed, ``AFTER`` that everything was."""

    DROP_BEFORE = "the connection closes without an answer, nothing is committed"
    DROP_AFTER = "the call is committed, then the connection closes without an answer"
    ERROR_BEFORE = "a gateway answers with an HTML page and status 500, nothing is committed"
    ERROR_AFTER = "the call is committed, then a gateway answers with an HTML page and status 500"
    THROTTLE = "the service refuses for its rate: RequestLimitExceeded, or 503 SlowDown from COS"
    INTERNAL_BEFORE = "the service answers InternalError, nothing is committed"
    INTERNAL_AFTER = "the call is committed, then the service answers InternalError"
    DELAY_BEFORE = "the call waits `seconds`, then is committed and answered"
    DELAY_AFTER = "the call is committed, the answer waits `seconds`"
    MALFORMED = "the call is committed, the answer is cut in half under status 200"
    CODE = "the service refuses with the error code `code`"
    CALL_BEFORE = "`callback` is called with the Call, then the call is committed and answered"
    CALL_AFTER = "the call is committed, `callback` is called with the Call, then it is answered"


@dataclass
class Rule:
    """One planned fault: the calls that it concerns, and how many of them it has seen."""

    do: Fault
    action: str | None = None
    service: str | None = None
    target: str | re.Pattern[str] | None = None
    first: int = 1
    last: int | None = 1
    seconds: float = 0.0
    code: str = "InternalError"
    status: int = 0
    callback: Callable[[Call], object] | None = None
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def wants(self, call: Call) -> bool:
        """Whether the fault concerns the call."""
        return self.action in (None, call.action) and self.service in (None, call.service) and self._wants_target(call)

    def counts(self, call: Call) -> bool:
        """Count the call if the fault concerns it; returns whether the fault is due."""
        if not self.wants(call):
            return False
        self.seen += 1
        return self.seen >= self.first and (self.last is None or self.seen <= self.last)

    def _wants_target(self, call: Call) -> bool:
        if self.target is None:
            return True
        if isinstance(self.target, str):
            return self.target in call.target
        return self.target.search(call.target) is not None


@dataclass
class Storm:
    """Throttles a share of a service's calls until a moment of the cloud's time."""

    share: float
    until: float
    service: str
    generator: random.Random

    def hits(self, call: Call) -> bool:
        """Whether this call is throttled."""
        return call.service == self.service and call.at < self.until and self.generator.random() < self.share


class Faults:
    """The planned faults. The first rule that is due applies; every rule counts every call it matches."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rules: list[Rule] = []
        self._storms: list[Storm] = []

    def on(
        self,
        action: str | None = None,
        service: str | None = None,
        target: str | re.Pattern[str] | None = None,
        nth: int | None = 1,
        times: int | None = None,
        *,
        do: Fault,
        call: int | None = None,
        seconds: float = 0.0,
        code: str = "InternalError",
        status: int = 0,
        callback: Callable[[Call], object] | None = None,
    ) -> Rule:
        """Plan a fault; the rule returned says how often it ``fired``.

        Args:
            action: the action it is for, such as ``AddUser`` or ``PutObject``; None is any.
            service: ``cam``, ``sts`` or ``cos``; ``scf`` for the events of COS triggers; None is any.
            target: part of the call's target, or a compiled pattern searched in it.
            nth: the first matching call, counted from now, that fails; None means every one from the first on.
            times: how many matching calls in a row fail: by default 1, and without end when ``nth`` is None.
            do: what happens.
            call: instead of ``nth``: the number of the call counted from now, whatever else is being called.
            seconds: for the delays, in real time.
            code: for ``CODE``: the error code to answer.
            status: the HTTP status of an ``ERROR_*`` or a COS ``CODE``; by default 500 and 403.
            callback: for ``CALL_*``: run in a thread of its own, so it may block or end the client.
        """
        first = call or nth or 1
        if times is None and (call or nth):
            times = 1
        last = None if times is None else first + times - 1
        rule = Rule(do, action, service, target, first, last, seconds, code, status, callback)
        self._rules.append(rule)
        return rule

    def storm(self, share: float = 0.5, seconds: float = 10.0, seed: int = 1, service: str = "cam") -> None:
        """Throttle a share of the service's calls until ``seconds`` of the cloud's time have passed."""
        generator = random.Random(seed)  # noqa: S311 which calls are throttled is no secret
        self._storms.append(Storm(share, self._clock.now() + seconds, service, generator))

    def clear(self) -> None:
        """Drop every plan and storm."""
        self._rules.clear()
        self._storms.clear()

    def match(self, call: Call) -> Rule | None:
        """Let every rule count the call, and return the one that applies to it, if any."""
        due = [rule for rule in list(self._rules) if rule.counts(call)]
        struck = [storm for storm in list(self._storms) if storm.hits(call)]
        chosen = due[0] if due else Rule(Fault.THROTTLE) if struck else None
        if chosen:
            chosen.fired += 1
            call.fault = chosen.do.name
        return chosen
