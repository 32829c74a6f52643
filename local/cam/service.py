"""The CAM service, and what its actions have in common: paging and shared answers."""

from collections.abc import Sequence
from typing import TypeVar

from local.actions import Params, Service
from local.cam.exceptions import ParamError

CAM = Service("cam", "2019-01-16")
T = TypeVar("T")
PAGE_LIMIT = 200


def page(items: Sequence[T], params: Params, default: int = 20) -> Sequence[T]:
    """The page that ``Rp`` (1 to 200) and ``Page`` (from 1) ask for; raises ParamError."""
    size, number = params.number("Rp", default), params.number("Page", 1)
    if not 1 <= size <= PAGE_LIMIT or not 1 <= number <= PAGE_LIMIT:
        raise ParamError(f"Rp and Page are 1 to {PAGE_LIMIT}.")
    return items[(number - 1) * size : number * size]
