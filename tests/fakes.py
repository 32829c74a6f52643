"""A container whose use case is a function of the test, while everything around it is real."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.clock import Clock
from shared.commands.command import Command
from shared.commands.result import Result
from shared.credentials.link import Link
from shared.deadline import Deadline
from shared.entrypoints import credentials_page, detect, timer
from shared.entrypoints.hr import detect as hr_events
from shared.entrypoints.scim import http as scim
from shared.idempotency.batch_progress import BatchProgress
from shared.idempotency.execute import Execution
from shared.idempotency.lease import Lease, Receipt
from shared.idempotency.lease_store import LeaseStore
from shared.idempotency.request import Finished, Request
from shared.operations import HR, OPERATIONS, PAGE, SCIM, SWEEP, Operation
from shared.tencent.concurrency_limit import ConcurrencyLimiter, Slot

C = TypeVar("C", bound=Command)
R = TypeVar("R", bound=Result)


class Done(NamedTuple):
    """The result that a test gives to a request. `link` is the link that an HTTP caller would get."""

    request_id: str
    result: Result
    replayed: bool
    link: Link | None = None


class NoLimit(ConcurrencyLimiter):
    """An unlimited number of slots."""

    def __init__(self) -> None:
        """Nothing to count."""

    def acquire(self, calls: int, deadline: Deadline, reserve: float, started: float) -> Slot:  # noqa: ARG002 - as the original
        """Returns at once."""
        return Slot(calls, deadline)

    def release(self, slot: Slot, reserve: float, *, finished: bool) -> None:
        """Nothing to give back."""


class NoProgress(BatchProgress):
    """A batch without any notes."""

    def __init__(self) -> None:
        """Nothing to keep."""

    def read(self) -> dict[str, str]:
        """Nothing was done."""
        return {}

    def write(self, done: dict[str, str]) -> None:
        """Nothing is kept."""

    def forget(self) -> None:
        """Nothing is there."""


class FakeRecords(LeaseStore):
    """Leases and receipts in the state that the test says."""

    def __init__(self, perform: Callable[[Request[Any]], Done]) -> None:
        self.perform = perform
        self.done: Done | None = None

    def acquire(self, request: Request[Any]) -> tuple[Lease | None, Receipt | None]:
        """The outcome that the test set."""
        self.done = self.perform(request)
        if self.done.replayed:
            return None, Receipt(self.done.result.model_dump(), "2026-01-02T03:04:05Z")
        return Lease(1, 0, ""), None

    def complete(self, request: Request[Any], lease: Lease, result: dict[str, Any]) -> Receipt:  # noqa: ARG002 - as the original
        """Finished, and nobody is to be told."""
        return Receipt(result, "2026-01-02T03:04:05Z")

    def is_open(self, request: Request[Any]) -> bool:  # noqa: ARG002 - as the original
        """Nothing is due."""
        return False

    def close(self, request: Request[Any]) -> None:
        """Nothing was open."""

    def release(self, request: Request[Any], lease: Lease, code: str) -> None:
        """Nothing is held."""

    def finished(self, request: Request[Any]) -> bool:  # noqa: ARG002 - as the original
        """Nothing is known before its turn."""
        return False

    def lease_left(self) -> int:
        """Nothing is held."""
        return 0


class FakeContainer(Container):
    """Remembers whether a link was asked for; `perform` gives the results of requests."""

    def __init__(self, operation: Operation[Any, Any], *given: Any) -> None:  # noqa: ANN401 - as the original
        super().__init__(operation.function, *given)
        self.operation = operation
        self.links: list[bool] = []
        self._link: Link | None = None

    def perform(self, request: Request[Any]) -> Done:
        """The result of a request."""
        raise NotImplementedError

    def store(self, deadline: Deadline) -> Any:  # noqa: ARG002, ANN401 - as the original
        """There is none."""
        return None

    def progress(self, first: str) -> BatchProgress:  # noqa: ARG002 - as the original
        """None."""
        return NoProgress()

    def slots(self, operation: Operation[C, R]) -> ConcurrencyLimiter:  # noqa: ARG002 - as the original
        """As many as there are requests."""
        return NoLimit()

    def execution(self, operation: Operation[C, R], store: Any, deadline: Deadline) -> Execution[C, R]:  # noqa: ARG002, ANN401 - as the original
        """The real execution, with the test's records."""
        self.links.append(False)
        records = FakeRecords(self._remembered)

        def use_case(request: Request[C], lease: Lease) -> R:  # noqa: ARG001 - as the original
            assert records.done
            return cast("R", records.done.result)

        def announce(request: Request[C], result: R, receipt: Receipt) -> None:
            """Notifies nobody."""

        return Execution(records, use_case, cast("type[R]", _AsItIs(records)), announce, deadline)

    def link_for_caller(self, store: Any, request: Request[Command], finished: Finished[Result]) -> Link | None:  # noqa: ARG002, ANN401 - as the original
        """The link that the test set."""
        self.links[-1] = True
        return self._link

    def _remembered(self, request: Request[Any]) -> Done:
        done = self.perform(request)
        self._link = done.link
        return done


class _AsItIs:
    """Stands for the class of a result: what was performed is what comes of it."""

    def __init__(self, records: FakeRecords) -> None:
        self._records = records

    def model_validate(self, told: dict[str, Any]) -> Result:
        """The result of the test, which the receipt has as JSON."""
        assert self._records.done
        assert self._records.done.result.model_dump() == told
        return self._records.done.result


def invoke(
    function: str,
    event: Any,  # noqa: ANN401 - whatever the platform passes
    context: dict[str, Any],
    env: Mapping[str, str],
    instance: Instance,
    clock: Clock,
) -> dict[str, Any]:
    """One invocation of a function, in this process."""
    if function == SCIM:
        return scim.handle(event, Container(function, scim.hurried(context), env, instance, clock))
    container = Container(function, context, env, instance, clock)
    if function == PAGE:
        return credentials_page.handle(event, container)
    if function == SWEEP:
        return timer.handle(event, container)
    if function == HR:
        return hr_events.handle(event, context, container)
    return detect.handle(event, context, OPERATIONS[function], container)
