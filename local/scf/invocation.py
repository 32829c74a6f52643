"""One invocation: gets an instance, runs the handler, and writes the log."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from local.scf import model
from local.scf.instance import Instance
from local.scf.model import InvocationError, InvokeResult, LogLine, LogSink, Role
from local.scf.pool import Pool


class Invocation:
    """One event that a function works on: its id, its log and its clock."""

    def __init__(self, pool: Pool, role: Callable[[], Role] | None, log: LogSink, time_limit_ms: int) -> None:
        self._pool, self._role, self._log = pool, role, log
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
        instance = self._pool.take() or self._initialise()
        reusable = False
        try:
            context = instance.spec.context(self._id, self._limit_ms)
            value = instance.invoke(text, context, self._role() if self._role else None, self._output)
            reusable = True
        except InvocationError as failure:
            reusable = failure.status in (model.USER_EXCEPTION, model.RESPONSE_TOO_LARGE)
            raise
        finally:
            self._memory_mb = instance.memory_mb
            self._pool.give_back(instance, reusable)
        return value

    def _initialise(self) -> Instance:
        self._cold = True
        began = time.monotonic()
        instance = self._pool.start()
        try:
            instance.initialise(self._output)
        except InvocationError:
            self._pool.give_back(instance, reusable=False)
            raise
        self._frame("Init Report", f" Coldstart: {(time.monotonic() - began) * 1000:.0f}ms")
        return instance

    def _report(self, value: object, error: dict[str, Any] | None, duration: float) -> None:
        if error is None:
            self._frame("Response", f" RetMsg:{json.dumps(value, ensure_ascii=False)}")
        else:
            self._frame("ERROR", f" Result:{json.dumps(error, ensure_ascii=False)}")
        self._frame("END")
        used = f" Memory:{self._pool.spec.memory_mb}MB MemUsage:{self._memory_mb:.2f}MB"
        self._frame("Report", f" Duration:{duration:.0f}ms{used}")

    def _output(self, text: str) -> None:
        self._lines.append(text)
        self._log(LogLine(self._pool.spec.name, self._id, "output", text))

    def _frame(self, word: str, rest: str = "") -> None:
        self._log(LogLine(self._pool.spec.name, self._id, "frame", f"{word} RequestId:{self._id}{rest}"))


def encode(event: object) -> str:
    """The event as JSON text. Raises `InvocationError` 400 or 406."""
    try:
        text = json.dumps(event, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as failure:
        raise InvocationError(model.BAD_EVENT, f"the event is not JSON: {failure}") from None
    if len(text.encode("utf-8", "surrogatepass")) > model.EVENT_LIMIT:
        raise InvocationError(model.EVENT_TOO_LARGE, "event is larger than 6 MB")
    return text
