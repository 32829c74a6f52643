"""The log: each event is one line of ASCII JSON on standard output. The platform indexes the first level of it.

The loggers of libraries are silenced before the first call: at level DEBUG the SDK logs whole bodies, with passwords
and keys. The platform may have set the root logger to DEBUG before.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

from shared.version import __version__

_LIBRARIES = ("tencentcloud_sdk_common", "urllib3", "requests", "qcloud_cos", "charset_normalizer")


def silence_libraries() -> None:
    """Keep the log lines of libraries out of the log, whatever the level of the root logger."""
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
