"""A deployed function, which is invoked like on the platform."""

import dataclasses
import threading
from collections.abc import Callable, Mapping

from local.scf.invocation import Invocation
from local.scf.model import InvokeResult, LogLine, LogSink, Role, Spec
from local.scf.pool import Pool


def discard(_line: LogLine) -> None:
    """A log sink that keeps nothing."""


class Function:
    """One deployed function.

    `role` is called for credentials at every invocation. At most `concurrency` events run at the same time. SCF answers
    432 beyond its quota; here an event waits for a free instance instead.
    """

    def __init__(
        self, spec: Spec, role: Callable[[], Role] | None = None, log: LogSink = discard, concurrency: int = 4
    ) -> None:
        self._pool = Pool(spec)
        self._role, self._log = role, log
        self._slots = threading.BoundedSemaphore(concurrency)

    @property
    def spec(self) -> Spec:
        """The description of what is deployed now."""
        return self._pool.spec

    def invoke(self, event: object, time_limit_ms: int | None = None) -> InvokeResult:
        """Run one event (any JSON value) to its end. Never raises an error of the function; the result contains it."""
        with self._slots:
            return Invocation(self._pool, self._role, self._log, time_limit_ms or self.spec.time_limit_ms).run(event)

    def configure(self, environment: Mapping[str, str]) -> None:
        """Replace the function's environment; as on SCF, new instances are started."""
        self._pool.spec = dataclasses.replace(self.spec, environment=dict(environment))
        self.cold()

    def cold(self) -> None:
        """Drop the idle instances, so that the next event gets a cold start. Running events end normally."""
        self._pool.cold()

    def kill(self) -> int:
        """SIGKILL every instance that is running an event; returns how many. Their invocations end with 439."""
        return self._pool.kill()

    def stop(self) -> None:
        """End every instance; events that still wait for one get 439."""
        self._pool.stop()
