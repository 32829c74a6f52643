"""A deployed function: its pool of instances, and the course of one invocation."""

import dataclasses
import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Literal

from local.scf import model
from local.scf.instance import Instance
from local.scf.model import InvocationError, InvokeResult, LogLine, LogSink, Role, Spec


def discard(_line: LogLine) -> None:
    """Keep no log."""


class Function:
    """Invoke one function as the platform does.

    `role` is asked for credentials at every invocation. At most `concurrency` events run at the same time; where SCF
    answers 432 beyond its quota, an event here waits for a free instance.
    """

    def __init__(
        self, spec: Spec, role: Callable[[], Role] | None = None, log: LogSink = discard, concurrency: int = 4
    ) -> None:
        self.spec = spec
        self._role, self._log = role, log
        self._slots = threading.BoundedSemaphore(concurrency)
        self._lock = threading.Lock()
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()
        self._stopped = False

    def invoke(self, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one event (anything JSON can hold) to its end. Never raises for what the function does."""
        with self._slots:
            return Invocation(self, time_limit_ms or self.spec.time_limit_ms).run(event)

    def configure(self, environment: Mapping[str, str]) -> None:
        """Replace the function's environment; as on SCF, instances start anew."""
        self.spec = dataclasses.replace(self.spec, environment=dict(environment))
        self.cold()

    def cold(self) -> None:
        """Drop the idle instances: the next event meets a cold start. Events that are running end normally."""
        with self._lock:
            dropped, self._idle = self._idle, []
        for instance in dropped:
            instance.close()

    def kill(self) -> int:
        """SIGKILL every instance that is running an event, and say how many. Their invocations end with 439."""
        with self._lock:
            for instance in self._busy:
                instance.kill()
            return len(self._busy)

    def stop(self) -> None:
        """End every instance; whoever still waits for one gets 439."""
        with self._lock:
            self._stopped = True
        self.kill()
        self.cold()

    def take(self) -> Instance | None:
        """A warm instance, or None."""
        with self._lock:
            while self._idle:
                instance = self._idle.pop()
                if instance.alive:
                    self._busy.add(instance)
                    return instance
                instance.close()
        return None

    def start(self) -> Instance:
        """A new instance, not initialised yet."""
        with self._lock:
            if self._stopped:
                raise InvocationError(model.PROCESS_EXIT, "the function is stopped")
            instance = Instance(self.spec)
            self._busy.add(instance)
        return instance

    def give_back(self, instance: Instance, reusable: bool) -> None:
        """Keep a warm instance for the next event, unless it failed or the function was configured anew."""
        with self._lock:
            self._busy.discard(instance)
            reusable = reusable and instance.alive and instance.spec is self.spec
            if reusable:
                self._idle.append(instance)
        if not reusable:
            instance.close()

    def credentials(self) -> Role | None:
        """The execution role's credentials of this moment."""
        return self._role() if self._role else None

    def write(self, request_id: str, kind: Literal["output", "frame"], text: str) -> None:
        """Hand one line to the log sink."""
        self._log(LogLine(self.spec.name, request_id, kind, text))


class Invocation:
    """One event on its way through a function: its id, its log and its clock."""

    def __init__(self, function: Function, time_limit_ms: int) -> None:
        self._function = function
        self._limit_ms = time_limit_ms
        self._id = str(uuid.uuid4())
        self._lines: list[str] = []
        self._memory_mb = 0.0
        self._cold = False

    def run(self, event: object) -> InvokeResult:
        """Run the event. The log gets the platform's lines: START, then Response or ERROR, END and Report."""
        self._frame("START")
        began = time.monotonic()
        value, error = None, None
        try:
            value = self._invoke(event)
        except InvocationError as failure:
            error = failure.body(self._id)
        duration = (time.monotonic() - began) * 1000
        self._report(value, error, duration)
        lines = tuple(self._lines)
        return InvokeResult(error is None, value, error, self._id, duration, self._memory_mb, self._cold, lines)

    def _invoke(self, event: object) -> object:
        text = encode(event)
        instance = self._function.take() or self._initialise()
        reusable = False
        try:
            context = instance.spec.context(self._id, self._limit_ms)
            value = instance.invoke(text, context, self._function.credentials(), self._output)
            reusable = True
        except InvocationError as failure:
            reusable = failure.status in (model.USER_EXCEPTION, model.RESPONSE_TOO_LARGE)
            raise
        finally:
            self._memory_mb = instance.memory_mb
            self._function.give_back(instance, reusable)
        return value

    def _initialise(self) -> Instance:
        self._cold = True
        began = time.monotonic()
        instance = self._function.start()
        try:
            instance.initialise(self._output)
        except InvocationError:
            self._function.give_back(instance, reusable=False)
            raise
        self._frame("Init Report", f" Coldstart: {(time.monotonic() - began) * 1000:.0f}ms")
        return instance

    def _report(self, value: object, error: dict[str, Any] | None, duration: float) -> None:
        if error is None:
            self._frame("Response", f" RetMsg:{json.dumps(value, ensure_ascii=False)}")
        else:
            self._frame("ERROR", f" Result:{json.dumps(error, ensure_ascii=False)}")
        self._frame("END")
        used = f" Memory:{self._function.spec.memory_mb}MB MemUsage:{self._memory_mb:.2f}MB"
        self._frame("Report", f" Duration:{duration:.0f}ms{used}")

    def _output(self, text: str) -> None:
        self._lines.append(text)
        self._function.write(self._id, "output", text)

    def _frame(self, word: str, rest: str = "") -> None:
        self._function.write(self._id, "frame", f"{word} RequestId:{self._id}{rest}")


def encode(event: object) -> str:
    """The event as JSON text. Raises `InvocationError` 400 or 406."""
    try:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as failure:
        raise InvocationError(model.BAD_EVENT, f"the event is not JSON: {failure}") from None
    if len(text.encode("utf-8", "surrogatepass")) > model.EVENT_LIMIT:
        raise InvocationError(model.EVENT_TOO_LARGE, "event is larger than 6 MB")
    return text
