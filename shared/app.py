"""Runs one invocation: makes the container and calls the entrypoint for this kind of function."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from shared.bootstrap.container import Container
from shared.bootstrap.instance import instance
from shared.clock import SystemClock

if TYPE_CHECKING:
    from shared.operations import Operation


def run_command(operation: Operation[Any, Any], event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """Run the function of a command, for an event from any trigger. Returns the answer for the platform."""
    from shared.entrypoints import detect

    return detect.handle(event, context, operation, _container(operation.function, context))


def run_page(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Run the function of the credentials page."""
    from shared.entrypoints import credentials_page

    return credentials_page.handle(event, _container(function, context))


def run_timer(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Run the function that a timer starts: the sweep."""
    from shared.entrypoints import timer

    return timer.handle(event, _container(function, context))


def load_timer() -> None:
    """Load the sweep before its first event, inside `loading()`."""
    from shared.entrypoints import timer  # noqa: F401 - loaded alone


def run_scim(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Run the function for identity providers: SCIM over HTTP."""
    from shared.entrypoints.scim import http

    return http.handle(event, _container(function, http.hurried(context)))


def load_scim() -> None:
    """Load what every SCIM request needs before the first one, inside `loading()`."""
    from shared.bootstrap import scim  # noqa: F401 - loaded alone
    from shared.entrypoints import own_commands  # noqa: F401 - as above
    from shared.entrypoints.scim import http  # noqa: F401 - as above


def run_hr_events(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Run the function of HR systems, for an HTTP request, a queue's batch, or an object in the inbox."""
    from shared.entrypoints.hr import detect

    return detect.handle(event, context, _container(function, context))


def _container(function: str, context: Any) -> Container:  # noqa: ANN401 - as above
    return Container(function, context, os.environ, instance(), SystemClock())
