"""A cloud for each test, and clients made from Tencent's real SDKs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from tests.unit.local.helpers import Api, Bucket, clean_proxies

HERE = Path(__file__).parent
SDK_USES_UTCFROMTIMESTAMP = "ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The SDK's own deprecation, from Python 3.12 on, is not ours to fix."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings(SDK_USES_UTCFROMTIMESTAMP))


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    clean_proxies(monkeypatch)


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A cloud of its own, started."""
    with LocalCloud(seed=1) as started:
        yield started


@pytest.fixture
def api(cloud: LocalCloud) -> Api:
    """The main account at the API, through the SDK's CommonClient."""
    return Api(cloud, cloud.root)


@pytest.fixture
def bucket(cloud: LocalCloud) -> Bucket:
    """The main account at the bucket."""
    return Bucket(cloud, cloud.root)
