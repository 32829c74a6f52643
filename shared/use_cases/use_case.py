"""The protocol of use cases, and the services that they share."""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeVar

from shared.commands.command import Command
from shared.commands.result import Result
from shared.deadline import Deadline
from shared.idempotency.lease import Lease
from shared.idempotency.request import Request
from shared.policies.attachments import Attachments
from shared.policies.permissions_boundary import Boundary
from shared.ports import Directory, Store

C_contra = TypeVar("C_contra", bound=Command, contravariant=True)
R_co = TypeVar("R_co", bound=Result, covariant=True)


class UseCase(Protocol[C_contra, R_co]):
    """Makes one attempt of a request: the first, or one that finishes what an earlier attempt began."""

    def __call__(self, request: Request[C_contra], lease: Lease) -> R_co:
        """Make the attempt. Raises ImAccessError; the next attempt finishes what was begun."""


class Services(NamedTuple):
    """What the use cases of a request share."""

    directory: Directory
    store: Store
    attachments: Attachments
    boundary: Boundary
    owner_uin: Callable[[], str]
    deadline: Deadline
    delete_after_days: Callable[[], int]
