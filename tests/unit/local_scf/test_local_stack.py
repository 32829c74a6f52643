"""The local cloud as a whole: its endpoints, its functions, what they are told, and how it ends."""

import json
import os
import smtplib
import socket
import sys
import sysconfig
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from local.function_settings import hashed
from local.ports import PortInUseError
from local.scf import discover, package
from local.scf.ckafka_queue import TriggerSettings
from local.scf.client import post, sign
from local.stack import LocalStack
from shared.hr_settings import HrSettings
from tests.unit.local_scf.helpers import runs

FACTS = {"gateway", "api", "cos", "kafka", "topic", "bucket", "region", "owner_uin", "webhook_secret"}
LOOKS = {"hr_systems", "mailbox", "notifications", "notify_url"}
KEYS = {"secret_id", "secret_key", "scim_token", "notify_secret"}


@pytest.fixture(scope="module")
def stack(functions: Path) -> Iterator[LocalStack]:
    """A running local cloud with those functions."""
    with LocalStack(0, functions, env={"IM_ACCESS_LINK_TTL": "120"}, trigger=TriggerSettings(wait=0.05)) as running:
        yield running


def test_the_root_answers_where_everything_is(stack: LocalStack) -> None:
    """`GET /` names every endpoint and the keys that a client needs."""
    facts = stack.info()
    assert facts.keys() == FACTS | KEYS | LOOKS
    assert facts["gateway"] == stack.url
    assert facts["topic"] == "im-access"
    assert facts["bucket"].endswith(f"-{stack.cloud.appid}")
    for name in ("gateway", "api", "cos"):
        socket.create_connection(("127.0.0.1", int(facts[name].rpartition(":")[2]))).close()
    host, _, port = facts["kafka"].partition(":")
    socket.create_connection((host, int(port))).close()


def test_the_root_answers_when_everything_else_does(functions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever polls `GET /` while the local cloud starts is never told of a Kafka that is not there yet."""
    told: list[str] = []
    stack = LocalStack(0, functions)
    start = stack.gateway.start

    def listen() -> None:
        start()
        told.append(stack.info()["kafka"])

    monkeypatch.setattr(stack.gateway, "start", listen)
    with stack:
        assert told == [stack.kafka.bootstrap]
        assert told[0].partition(":")[2].isdecimal()


def test_functions_are_found_without_importing_them(stack: LocalStack) -> None:
    """The functions are the modules with a `main_handler`."""
    assert sorted(stack.functions) == ["create_user", "grant_policy"]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def main_handler(event, context): ...", True),
        ("from shared.entry import handle as main_handler", True),
        ("main_handler = make()", True),
        ("main_handler: Handler = make()", True),
        ("def handler(event, context): ...\nclass A:\n    def main_handler(self): ...", False),
    ],
)
def test_a_handler_may_be_bound_in_any_way(tmp_path: Path, source: str, found: bool) -> None:
    """A module counts when its top level defines, assigns or imports `main_handler`."""
    (tmp_path / "one.py").write_text(source)
    assert bool(discover.functions(tmp_path)) is found


def test_functions_are_told_where_the_cloud_is(stack: LocalStack) -> None:
    """Each function has the local endpoints, the caller's own settings, and a temporary role with a token."""
    told = stack.post("/create_user", {}).json()
    env = told["env"]
    assert {name: value for name, value in env.items() if name.startswith("IM_ACCESS_")} == {
        **stack.hr.settings(),
        "IM_ACCESS_BUCKET": stack.cloud.bucket,
        "IM_ACCESS_REGION": stack.cloud.region,
        "IM_ACCESS_API_ENDPOINT": stack.cloud.api_url,
        "IM_ACCESS_COS_ENDPOINT": stack.cloud.cos_url,
        "IM_ACCESS_WEBHOOK_SECRETS": stack.webhook_secret,
        "IM_ACCESS_NOTIFY_URL": stack.receiver.url,
        "IM_ACCESS_NOTIFY_SECRET": stack.receiver.secret,
        "IM_ACCESS_LINK_TTL": "120",
        "IM_ACCESS_MAIL_FROM": "im-access@localhost.localdomain",
        "IM_ACCESS_MAIL_URL": env["IM_ACCESS_MAIL_URL"],
        "IM_ACCESS_SCIM_TOKENS": hashed(stack.scim_token),
        "IM_ACCESS_SCIM_URL": f"{stack.url}/scim/v2",
    }
    assert env["IM_ACCESS_MAIL_URL"].startswith("smtp://127.0.0.1:")
    assert env["TENCENTCLOUD_SESSIONTOKEN"]
    assert env["TENCENTCLOUD_SECRETID"] != stack.cloud.root.secret_id
    assert told["context"]["tencentcloud_uin"] == stack.cloud.owner_uin
    assert told["context"]["function_name"] == "create_user"


def test_a_post_is_signed_as_a_standard_webhook(stack: LocalStack) -> None:
    """The reference implementation of Standard Webhooks accepts what `post` sends."""
    event = stack.post("/grant_policy", {"user": "你好"}, identity="msg_1").json()["event"]
    assert event["headers"]["webhook-id"] == "msg_1"
    assert Webhook(stack.webhook_secret).verify(event["body"], event["headers"]) == {"user": "你好"}


def test_a_message_reaches_every_function(stack: LocalStack) -> None:
    """One topic feeds all functions."""
    partition, offset = stack.kafka.publish(json.dumps({"type": "x"}))
    stack.settle()
    got = {one.function for one in stack.deliveries if one.partition == partition and offset in one.offsets}
    assert got == {"create_user", "grant_policy"}


@pytest.mark.parametrize("alone", [False, True])
def test_a_package_brings_its_own_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool) -> None:
    """Functions of an unpacked package see its modules and nothing of the checkout or of what is installed.

    With the Python of the platform where it is on this machine, and `alone`, where there is none.
    """
    if alone:
        monkeypatch.setattr(package, "python310", lambda: None)
    (tmp_path / "vendored.py").write_text("HERE = 1\n")
    source = "import sys, vendored\ndef main_handler(e, c):\n    return [vendored.HERE, sys.path]"
    (tmp_path / "create_user.py").write_text(source)
    with LocalStack(0, package=tmp_path) as stack:
        here, path = stack.invoke("create_user", {}).value
    assert here == 1
    assert path[0] == str(tmp_path)
    assert not any("site-packages" in entry or entry == str(Path.cwd()) for entry in path)


def test_what_another_python_has_compiled_comes_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a package with modules that this Python cannot load gets what is installed here, and it is said."""
    monkeypatch.setattr(package, "python310", lambda: None)
    (tmp_path / "fast").mkdir()
    (tmp_path / "fast" / "core.abi3.so").write_text("")
    own = package.choose(tmp_path)
    (tmp_path / "fast" / "core.cpython-310-x86_64-linux-gnu.so").write_text("")
    mixed = package.choose(tmp_path)
    assert (own.before, own.python) == ((), sys.executable)
    assert (mixed.before, mixed.python) == ((Path(sysconfig.get_path("platlib")),), sys.executable)
    assert "installed here" not in str(own.remark)
    assert "installed here" in str(mixed.remark)


def test_a_taken_port_is_named(functions: Path) -> None:
    """When one of the three ports is taken nothing starts, and the error says which one."""
    with third_of_three() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError) as caught:
            LocalStack(port - 2, functions).start()
        assert caught.value.port == port


def third_of_three() -> socket.socket:
    """A listener on a port whose two neighbours below are free; outside of the range that is handed out unasked."""
    for base in range(20000 + os.getpid() % 9000, 32000, 3):
        with ExitStack() as held:
            try:
                servers = [held.enter_context(socket.create_server(("127.0.0.1", base + step))) for step in range(3)]
            except OSError:
                continue
            return servers[2].dup()
    raise AssertionError("no three free ports in a row")


def test_a_start_that_fails_gives_everything_back(functions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a late part cannot start, the earlier ones are stopped."""
    broken = LocalStack(0, functions)
    reached: list[str] = []

    def fail() -> None:
        reached.extend((broken.cloud.api_url, broken.cloud.cos_url, f"http://{broken.kafka.bootstrap}"))
        raise ZeroDivisionError

    monkeypatch.setattr(broken.gateway, "start", fail)
    with pytest.raises(ZeroDivisionError):
        broken.start()
    for url in reached:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])))


def test_after_stop_nothing_is_left(functions: Path) -> None:
    """A stopped stack has no process and no open port."""
    with LocalStack(0, functions) as stack:
        pid = stack.post("/create_user", {}).json()["pid"]
        facts = stack.info()
    assert not runs(pid)
    for name in ("gateway", "api", "cos", "kafka"):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(facts[name].rpartition(":")[2])))


def test_notifications_and_mails_can_be_looked_at(stack: LocalStack) -> None:
    """What the receiver took and what the mailbox got is answered as JSON at the addresses of `GET /`."""
    facts, body = stack.info(), b'{"type": "imaccess.user.created"}'
    assert post(stack.receiver.url, body, sign(stack.receiver.secret, body)).status == 204
    host, _, port = stack.mailbox.url.removeprefix("smtp://").partition(":")
    with smtplib.SMTP(host, int(port)) as smtp:
        smtp.sendmail("im@example.com", ["alice@example.com"], b"Subject: hello\r\n\r\nsee the page\r\n")
    assert (facts["notify_url"], facts["notify_secret"]) == (stack.receiver.url, stack.receiver.secret)
    assert look(facts["notifications"]) == [{"type": "imaccess.user.created"}]
    (mail,) = look(facts["mailbox"])
    assert (mail["recipients"], mail["subject"], mail["text"]) == (["alice@example.com"], "hello", "see the page\n")


def look(url: str) -> Any:  # noqa: ANN401 - JSON
    """What a view shows."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own gateway
        return json.load(answer)


def test_a_timer_fires_on_demand(tmp_path: Path) -> None:
    """`fire` and `POST /sweep` run the function as its timer would; the topic does not reach it."""
    (tmp_path / "sweep.py").write_text("def main_handler(event, context):\n    return event")
    with LocalStack(0, tmp_path) as stack:
        fired = stack.fire("sweep").value
        assert (fired["Type"], fired["TriggerName"], fired["Message"]) == ("Timer", "sweep", "")
        assert stack.post("/sweep", {"a": 1}).json()["Type"] == "Timer"
        assert stack.triggers == {}


def test_functions_get_only_settings_that_they_know(stack: LocalStack) -> None:
    """Every setting that the local cloud gives to functions is in their table of settings."""
    known = {setting.name for setting in HrSettings.table().values()}
    given = {name for name in stack.environment if name.startswith("IM_ACCESS_")}
    assert {"IM_ACCESS_MAIL_URL", "IM_ACCESS_MAIL_FROM", "IM_ACCESS_SCIM_TOKENS", "IM_ACCESS_SCIM_URL"} <= given
    assert given <= known
