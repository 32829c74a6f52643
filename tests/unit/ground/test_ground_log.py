"""A line of the log says which release wrote it."""

import json

import pytest

from shared import log
from shared.version import __version__


def test_every_line_has_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the event and its level, beside the values of the logger and of the line."""
    logger = log.get("INFO", function="create_user")
    logger.info("answered", status=200)
    logger.error("refused", status=500)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["version"], line["function"], line["status"]) for line in lines] == [
        (__version__, "create_user", 200),
        (__version__, "create_user", 500),
    ]
