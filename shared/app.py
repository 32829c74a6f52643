"""One invocation of a function on the platform: which entrypoint, with what belongs to this process and this moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from shared.bootstrap.container import Container
from shared.bootstrap.instance import instance
from shared.clock import SystemClock

if TYPE_CHECKING:
    from shared.operations import Operation


def run_command(operation: Operation[Any, Any], event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """A function that carries out a command, whichever trigger brings it."""
    from shared.entrypoints import detect

    return detect.handle(event, context, operation, _container(operation.function, context))


def run_page(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """A function that answers people."""
    from shared.entrypoints import page

    return page.handle(event, _container(function, context))


def run_timer(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """A function that a timer starts."""
    from shared.entrypoints import timer

    return timer.handle(event, _container(function, context))


def run_scim(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The function for identity providers."""
    from shared.entrypoints import scim

    return scim.handle(event, _container(function, scim.hurried(context)))


def run_hr_events(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """The function that HR systems send their events to, and that a stored one wakes."""
    from shared.entrypoints import hr_events

    return hr_events.handle(event, context, _container(function, context))


def _container(function: str, context: Any) -> Container:  # noqa: ANN401 - as above
    return Container(function, context, os.environ, instance(), SystemClock())
