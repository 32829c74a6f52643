"""The log: one line of ASCII JSON an event on standard output, which the platform parses one level deep.

The libraries' own loggers are silenced before the first call: at DEBUG the SDK prints whole bodies, passwords and keys
included. A platform may have put a handler at DEBUG on the root before we come.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

from shared.version import __version__

_LIBRARIES = ("tencentcloud_sdk_common", "urllib3", "requests", "qcloud_cos", "charset_normalizer")


def silence_libraries() -> None:
    """Keep what libraries have to say about requests and answers out of every log, whatever level the root has."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def get(level: str, **fixed: Any) -> Any:  # noqa: ANN401 - structlog's loggers are typed by use
    """A logger that adds the version and the given values to each line. `level` is a name such as INFO."""
    return structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        cache_logger_on_first_use=False,
    ).bind(version=__version__, **fixed)
