"""The instances of one function: idle ones, which stay warm, and those that are running an event."""

import threading

from local.scf import model
from local.scf.instance import Instance
from local.scf.model import InvocationError, Spec


class Pool:
    """Instances of `spec`. A new `spec` is for instances that start from then on; older ones are not kept."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._lock = threading.Lock()
        self._idle: list[Instance] = []
        self._busy: set[Instance] = set()
        self._stopped = False

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
        """Keep a warm instance for the next event, unless it failed, or the function was configured anew or stopped."""
        with self._lock:
            self._busy.discard(instance)
            reusable = reusable and instance.alive and instance.spec is self.spec and not self._stopped
            if reusable:
                self._idle.append(instance)
        if not reusable:
            instance.close()
