"""The servers themselves: connections, latency, starting and stopping."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.cloud import LocalCloud
from tests.unit.local.helpers import Bucket, tc3


def test_many_idle_connections(cloud: LocalCloud) -> None:
    """Hundreds of open connections do not keep others from being served."""
    port = int(cloud.api_url.rpartition(":")[2])
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(400)]
    try:
        assert "Data" in tc3(cloud, "ListUsers", {})
    finally:
        for one in idle:
            one.close()


def test_latency_is_parallel(cloud: LocalCloud) -> None:
    """Ten calls at once, each delayed, take about as long as one."""
    cloud.latency = {"cam": 0.1}
    begun = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: tc3(cloud, "ListUsers", {}), range(10)))
    assert all("Data" in one for one in answers)
    assert 0.1 <= time.monotonic() - begun < 0.8


def test_expect_continue(cloud: LocalCloud) -> None:
    """A client that waits for permission to send its body gets it."""
    host = cloud.cos_url.removeprefix("http://")
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as one:
        one.settimeout(5)
        one.sendall(f"PUT /a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n".encode())
        assert one.recv(100).startswith(b"HTTP/1.1 100 Continue")
        one.sendall(b"x")
        assert one.recv(1000).startswith(b"HTTP/1.1 403")


def test_a_client_that_dies_in_its_request_leaves_no_traceback(
    cloud: LocalCloud, caplog: pytest.LogCaptureFixture
) -> None:
    """Half a request is nobody's fault: a demo that is interrupted ends without a word of it."""
    host = cloud.cos_url.removeprefix("http://")
    with socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2]))) as one:
        one.sendall(f"PUT /a HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n".encode())
        assert one.recv(100).startswith(b"HTTP/1.1 100 Continue")
    for _ in range(3):
        assert requests.get(cloud.cos_url, timeout=30).status_code == 403
    assert not caplog.records


def test_large_object(cloud: LocalCloud) -> None:
    """Objects are not limited as API calls are."""
    body = b"x" * 12_000_000
    Bucket(cloud, cloud.root).put("big", body)
    assert Bucket(cloud, cloud.root).get("big") == body


def test_date_follows_the_clock(cloud: LocalCloud) -> None:
    """The Date of an answer is the cloud's, so that clients can see their skew."""
    cloud.clock.advance(86_400 * 365)
    year = time.gmtime(cloud.clock.now()).tm_year
    assert str(year) in requests.get(cloud.cos_url, timeout=30).headers["Date"]


def test_stop_and_start_again() -> None:
    """A stopped cloud answers nobody, keeps its state, and starts again."""
    cloud = LocalCloud()
    cloud.start()
    tc3(cloud, "AddUser", {"Name": "alice"})
    url = cloud.api_url
    cloud.stop()
    cloud.stop()
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=1)
    with cloud:
        assert "Uin" in tc3(cloud, "GetUser", {"Name": "alice"})


def test_taken_port(cloud: LocalCloud) -> None:
    """A port that is taken is an error at the start, which leaves nothing behind."""
    port = int(cloud.api_url.rpartition(":")[2])
    with pytest.raises(OSError, match=str(port)):
        LocalCloud(cos_port=port).start()


def test_seed_makes_keys_repeatable() -> None:
    """Two clouds of one seed have the same keys, others do not."""
    assert LocalCloud(seed=7).root == LocalCloud(seed=7).root
    assert LocalCloud().root != LocalCloud().root


def test_secrets_are_not_in_representations(cloud: LocalCloud) -> None:
    """What is printed of credentials shows neither key nor token."""
    role = cloud.role_credentials()
    assert role.secret_key not in repr(role)
    assert role.token not in repr(role)
