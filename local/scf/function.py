"""A deployed function, which is invoked as the platform does it."""

import dataclasses
import threading
from collections.abc import Callable, Mapping

from local.scf.invocation import Invocation
from local.scf.model import InvokeResult, LogLine, LogSink, Role, Spec
from local.scf.pool import Pool


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
        self._pool = Pool(spec)
        self._role, self._log = role, log
        self._slots = threading.BoundedSemaphore(concurrency)

    @property
    def spec(self) -> Spec:
        """What is deployed now."""
        return self._pool.spec

    def invoke(self, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one event (anything JSON can hold) to its end. Never raises for what the function does."""
        with self._slots:
            return Invocation(self._pool, self._role, self._log, time_limit_ms or self.spec.time_limit_ms).run(event)

    def configure(self, environment: Mapping[str, str]) -> None:
        """Replace the function's environment; as on SCF, instances start anew."""
        self._pool.spec = dataclasses.replace(self.spec, environment=dict(environment))
        self.cold()

    def cold(self) -> None:
        """Drop the idle instances: the next event meets a cold start. Events that are running end normally."""
        self._pool.cold()

    def kill(self) -> int:
        """SIGKILL every instance that is running an event, and say how many. Their invocations end with 439."""
        return self._pool.kill()

    def stop(self) -> None:
        """End every instance; whoever still waits for one gets 439."""
        self._pool.stop()
