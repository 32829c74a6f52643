"""Executes one request of any trigger: waits for a slot under the quota, and collects the values for its log line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared.commands.command import Command
from shared.commands.result import Delivered, Result
from shared.errors import ImAccessError
from shared.idempotency.execute import execute

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.credentials.link import Link
    from shared.idempotency.request import Finished, Request
    from shared.operations import Operation

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class RequestRun(Generic[C, R]):
    """The run of a request. `values`: the values for its log line, whether it succeeds or fails."""

    def __init__(
        self, container: Container, operation: Operation[C, R], request: Request[C], keep: float = 0.0
    ) -> None:
        self._container = container
        self._operation = operation
        self._deadline = container.deadline(keep)
        self._store = container.store(self._deadline)
        self._finished = False
        self.request = request
        self.values: dict[str, Any] = {"user": request.command.user}

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot of the instance in this block. Raises ImAccessError `out_of_time` where none becomes free."""
        container, calls = self._container, self._operation.cost(self.request.command)
        slots = container.slots(self._operation)
        slot = slots.acquire(calls, self._deadline, container.reserve, container.started)
        try:
            yield
        finally:
            took = container.clock.now() - slot.began
            self.values |= {"milliseconds": round(took * 1000), "calls": slot.made}
            self.values |= {"throttled": self._deadline.throttled}
            slots.release(slot, container.reserve, finished=self._finished)

    def run(self) -> Finished[R]:
        """Execute the request, inside its slot. Raises the errors of its use case."""
        finished = execute(self.request, self._container.execution(self._operation, self._store, self._deadline))
        self._finished = not finished.replayed
        self.values["result"] = finished.result.model_dump()["status"]
        return finished

    def link(self, finished: Finished[R]) -> Link | None:
        """A new link for the caller, if the result delivers credentials and the settings allow a link.

        Raises Rejected `credentials_gone` where a repetition comes after the file was deleted or picked up.
        """
        return self._container.link_for_caller(self._store, self.request, finished)


def need_recipient(request: Request[C], operation: Operation[C, R], container: Container) -> None:
    """Refuse a request without an HTTP answer if no notification and no mail would deliver its credentials.

    Raises ImAccessError `no_recipient`.
    """
    if issubclass(operation.result, Delivered) and not container.has_recipient(request):
        raise ImAccessError("no_recipient")
