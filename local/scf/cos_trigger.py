"""The COS trigger: sends each stored object as an event to the functions that are bound to its prefix.

It is asynchronous: the store does not wait. If a function fails, the event is tried twice more, a minute apart, and
then dropped. If it is throttled, the event is tried until it gets through. Source:
https://cloud.tencent.com/document/product/583/41138.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from local.accounts import Accounts
from local.cos.models import StoredObject
from local.faults import Fault, Rule
from local.journal import Call
from local.scf.cos_event import event
from local.scf.model import InvokeResult

HISTORY = 10_000
WORKERS = 16
NOT_INVOKED = (Fault.DROP_BEFORE, Fault.ERROR_BEFORE, Fault.THROTTLE, Fault.INTERNAL_BEFORE, Fault.CODE)
INVOKED_IN_VAIN = (Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.INTERNAL_AFTER, Fault.MALFORMED)
Invoke = Callable[[dict[str, Any]], InvokeResult]


@dataclass(frozen=True)
class RetrySettings:
    """How often a failed event is tried again, and after how many seconds; on the platform this is always a minute."""

    retries: int = 2
    interval: float = 1.0


@dataclass(frozen=True)
class Attempt:
    """One attempt to deliver an object's event; `result` is None if an injected fault kept the function from
    running.
    """

    function: str
    key: str
    number: int
    ok: bool
    result: InvokeResult | None


class CosTrigger:
    """Binds one function to `cos:ObjectCreated:*` for the keys that begin with a prefix.

    `open_call` notes an attempt in the journal (service `scf`, action `ObjectCreated`, target the key) and returns the
    fault that is planned for it. `history` lists the last attempts, oldest first.
    """

    def __init__(
        self,
        name: str,
        invoke: Invoke,
        prefix: str,
        accounts: Accounts,
        open_call: Callable[[Call], Rule | None],
        settings: RetrySettings | None = None,
        warn: Callable[[str], None] = print,
    ) -> None:
        self.name, self.prefix = name, prefix
        self.settings = settings or RetrySettings()
        self.history: deque[Attempt] = deque(maxlen=HISTORY)
        self._invoke, self._accounts, self._open_call, self._warn = invoke, accounts, open_call, warn
        self._pool = ThreadPoolExecutor(WORKERS, f"cos-{name}")
        self._change = threading.Condition()
        self._pending = 0
        self._halted = False

    def take(self, stored: StoredObject) -> None:
        """Accept a stored object; returns at once."""
        with self._change:
            if self._halted or not stored.key.startswith(self.prefix):
                return
            self._pending += 1
            self._pool.submit(self._deliver, stored)

    def halt(self) -> None:
        """Begin no further attempt."""
        with self._change:
            self._halted = True
            self._change.notify_all()

    def join(self) -> None:
        """Wait until every running attempt has ended; call `halt` before."""
        self._pool.shutdown(cancel_futures=True)

    def settle(self, timeout: float) -> bool:
        """Wait until every event is delivered or dropped; False after `timeout` seconds."""
        with self._change:
            return self._change.wait_for(lambda: self._pending == 0, timeout)

    def _deliver(self, stored: StoredObject) -> None:
        try:
            self._until_delivered(stored)
        except Exception as error:  # noqa: BLE001 - a thread's error would be seen by nobody
            self._warn(f"cos: delivering {stored.key} to {self.name} broke off: {error!r}")
        finally:
            with self._change:
                self._pending -= 1
                self._change.notify_all()

    def _until_delivered(self, stored: StoredObject) -> None:
        """Try until the function succeeds, the retries are used up, or the trigger is halted. Throttling uses up no
        retry.
        """
        failures = number = 0
        while not self._halted:
            number += 1
            call = Call(0, "scf", "ObjectCreated", stored.key, "", self._accounts.clock.now())
            rule = self._open_call(call)
            if self._attempt(stored, number, call, rule):
                return
            failures += not (rule and rule.do is Fault.THROTTLE)
            if failures > self.settings.retries:
                self._warn(f"cos: {self.name} failed {failures} times; DROPPED the event of {stored.key}")
                return
            self._pause(self.settings.interval)

    def _attempt(self, stored: StoredObject, number: int, call: Call, rule: Rule | None) -> bool:
        """Invoke the function once, unless a fault prevents it; returns whether the event counts as delivered."""
        result = None if rule and rule.do in NOT_INVOKED else self._invoke_with(rule, call, stored)
        ok = result is not None and result.ok and not (rule and rule.do in INVOKED_IN_VAIN)
        call.status = result.status if result else 0
        call.code = "" if ok else "NotDelivered"
        self.history.append(Attempt(self.name, stored.key, number, ok, result))
        return ok

    def _invoke_with(self, rule: Rule | None, call: Call, stored: StoredObject) -> InvokeResult:
        """Invoke the function, with the delay or callback of a fault before or after it."""
        if rule and rule.do in (Fault.DELAY_BEFORE, Fault.CALL_BEFORE):
            self._hold(rule, call)
        result = self._invoke(event(stored, self._accounts))
        if rule and rule.do in (Fault.DELAY_AFTER, Fault.CALL_AFTER):
            self._hold(rule, call)
        return result

    def _hold(self, rule: Rule, call: Call) -> None:
        """Wait as long as the fault says, and run its callback."""
        self._pause(rule.seconds)
        if rule.callback:
            rule.callback(call)

    def _pause(self, seconds: float) -> None:
        with self._change:
            self._change.wait_for(lambda: self._halted, seconds)
