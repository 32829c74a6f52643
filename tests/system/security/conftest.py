"""What the tests of secrets share: a wiretap on the world."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator

import pytest

from tests.system.security.wiretap import Loud, Wiretap
from tests.world import World


@pytest.fixture
def tap(world: World, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Wiretap]:
    """A wiretap on a world that logs everything at DEBUG; at the end, no secret may have been seen anywhere."""
    tap = Wiretap(monkeypatch)
    tap.roles(world)
    world.env["IM_ACCESS_LOG_LEVEL"] = "DEBUG"
    loggers = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    levels = [(one, one.level) for one in loggers]
    handler = Loud(tap)
    logging.root.addHandler(handler)
    for one in loggers:
        one.setLevel(logging.DEBUG if one is logging.root else logging.NOTSET)
    with warnings.catch_warnings(record=True) as warned:
        yield tap
    logging.root.removeHandler(handler)
    for one, level in levels:
        one.setLevel(level)
    tap.store(world)
    tap.left("warnings", [str(one.message) for one in warned])
    said = capfd.readouterr()
    tap.left("stdout", said.out)
    tap.left("stderr", said.err)
    assert not tap.found()
