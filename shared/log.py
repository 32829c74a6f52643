"""The log: one JSON line an event on standard output, which the platform parses one level deep.

The libraries' own loggers are held at WARNING: at DEBUG the SDK prints whole bodies, passwords included, and urllib3
prints paths and queries, links included.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog

_LIBRARIES = ("tencentcloud_sdk_common", "urllib3", "requests", "qcloud_cos", "charset_normalizer")


def get(level: str, **fixed: Any) -> Any:  # noqa: ANN401 - structlog's loggers are typed by use
    """A logger that adds the given values to each line. `level` is a name such as INFO."""
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(logging.WARNING)
    return structlog.wrap_logger(
        structlog.PrintLogger(),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        cache_logger_on_first_use=False,
    ).bind(**fixed)
