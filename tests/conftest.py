"""What all tests share: the world, filters for warnings of other packages, and hypothesis on busy machines."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.events import START
from tests.world import World

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
_SDK_USES_UTCFROMTIMESTAMP = "ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning:tencentcloud"
_PYGAL_FINDS_AS_OF_OLD = "ignore:PluginImportFixer.find_spec:ImportWarning"
_ORDER = ("guarantees", "unit", "repository", "witness", "golden", "system/demo", "system")
"""Of the folders. Each of two workers begins with a half of it, and who is done first takes from the other's end: there
the tests are short. What takes long to set up is in the middle, where one worker alone comes by.
"""


def pytest_configure(config: pytest.Config) -> None:
    """What is not ours to fix: the SDK's own deprecation, from Python 3.12 on; and pygal's finder of plugins, which is
    asked for every optional module that is not there, and is of the kind that Python 3.12 gave up.
    """
    config.addinivalue_line("filterwarnings", _SDK_USES_UTCFROMTIMESTAMP)
    config.addinivalue_line("filterwarnings", _PYGAL_FINDS_AS_OF_OLD)
    # How long an example takes says how busy the machine is, and nothing else.
    settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("busy")
    # Each worker, and each process that a test starts, would compile everything again.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Modules and tests are there until the end: they are never looked through for garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests so that no worker is idle at the end: see the order."""

    def rank(item: pytest.Item) -> int:
        named = (n for n, folder in enumerate(_ORDER) if item.nodeid.startswith(f"tests/{folder}/"))
        return next(named, len(_ORDER))

    items.sort(key=rank)


@pytest.fixture(scope="session")
def started_world() -> Iterator[World]:
    """The world that all tests of this process share."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _PROXIES:
            patch.delenv(name, raising=False)
        with World() as world:
            yield world


@pytest.fixture
def world(started_world: World) -> Iterator[World]:
    """An empty world at the same moment for every test. At the end, no function may have made a call that its document
    in docs/security does not allow.
    """
    started_world.clock.advance(START - started_world.clock.now())
    started_world.reset()
    yield started_world
    assert not started_world.denied()


@pytest.fixture
def in_process(world: World) -> Iterator[None]:
    """Lets the calls of this test's functions reach the cloud without sockets: see tests/wire.py."""
    world.in_process = True
    yield
    world.in_process = False
