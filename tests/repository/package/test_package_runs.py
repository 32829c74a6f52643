"""The package on the local cloud: a fresh process, the platform's Python, nothing of what is installed here."""

import csv
import io
import json
import os
import signal
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

import local.scf.package as runner
from local.__main__ import main
from local.scf import LogLine, interpreter
from local.scf.ckafka_queue import TriggerSettings
from local.scf.client import sign
from local.scf.package import PackageError
from local.stack import LocalStack
from tools.package.build import Built

GOOD = {"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}


@pytest.fixture(scope="module")
def log() -> list[LogLine]:
    """What the functions and the platform write."""
    return []


@pytest.fixture(scope="module")
def remarks() -> list[str]:
    """What the stack says about how it runs the package."""
    return []


@pytest.fixture(scope="module")
def stack(built: Built, log: list[LogLine], remarks: list[str]) -> Iterator[LocalStack]:
    """The local cloud with the functions of the zip."""
    quick = TriggerSettings(wait=0.05)
    with LocalStack(0, package=built.zip, log=log.append, warn=remarks.append, trigger=quick) as running:
        yield running


def test_a_person_joins_changes_and_leaves(stack: LocalStack) -> None:
    """Create, fetch, grant and revoke over HTTP, as in the demo."""
    created = stack.post("/create_user", GOOD, identity="msg_1")
    assert created.status == 201, created.body
    with urllib.request.urlopen(created.json()["credentials"]["url"]) as answer:  # noqa: S310 - the local bucket
        rows = list(csv.reader(io.StringIO(answer.read().decode("utf-8-sig"))))
    assert rows[0] == ["Login URL", "User name", "Password", "SecretId", "SecretKey"]
    assert rows[1][1] == "alice"
    more = {"user": "alice", "policies": ["QcloudAVCFullAccess"]}
    assert stack.post("/grant_policy", more, identity="msg_2").json()["status"] == "granted"
    assert stack.post("/revoke_policy", more, identity="msg_3").json()["status"] == "revoked"


def test_a_message_creates_a_user(stack: LocalStack) -> None:
    """The CKafka path needs no other module than the HTTP path has loaded, or finds it in the package."""
    stack.kafka.publish(
        '{"specversion": "1.0", "type": "imaccess.user.create", "source": "/test", "id": "1",'
        ' "data": {"user": "bob", "policies": ["QcloudIMReadOnlyAccess"]}}'
    )
    stack.settle()
    by_function = {one.function: one.result.value for one in stack.deliveries}
    assert by_function["create_user"]["applied"] == 1
    assert by_function["grant_policy"]["ignored"] == 1


def test_every_error_path_finds_its_modules(stack: LocalStack) -> None:
    """Bad signature, bad body, unknown policy, taken name, wrong method: a problem document, never a missing module."""
    again = {**GOOD, "user": "carol"}
    stack.post("/create_user", again, identity="msg_carol")
    statuses = [
        stack.post("/create_user", GOOD, headers={"webhook-signature": "v1,bad"}).status,
        stack.post("/create_user", b"{", identity="msg_4").status,
        stack.post("/create_user", {"user": "eve", "policies": ["AdministratorAccess"]}, identity="msg_5").status,
        stack.post("/create_user", again, identity="msg_6").status,
        stack.post("/grant_policy", {**GOOD, "user": "nobody"}, identity="msg_7").status,
    ]
    assert statuses == [401, 400, 403, 409, 404]


def test_it_runs_as_on_the_platform(stack: LocalStack, remarks: list[str], log: list[LogLine]) -> None:
    """Python 3.10, the package alone on the import path, a read-only root; or one line that says why not."""
    spec = stack.functions["create_user"].spec
    assert not spec.dependencies
    if interpreter.python310():
        assert (spec.runtime, spec.before, remarks) == ("Python3.10", (), [])
    else:
        assert [remark for remark in remarks if "no CPython 3.10 here" in remark]
    root = spec.roots[0]
    assert spec.roots == (root,)
    assert not [path for path in (root, *root.rglob("*")) if path.stat().st_mode & 0o222]
    stack.invoke("create_user", {})
    report = next(line.text for line in log if line.text.startswith("Report"))
    assert float(report.partition("MemUsage:")[2].removesuffix("MB")) < 96


def test_a_time_limit_ends_the_process(stack: LocalStack) -> None:
    """A function that is over its time is killed with 433, and the next event gets a new process."""
    body = json.dumps(GOOD)
    headers = {"content-type": "application/json", **sign(stack.webhook_secret, body.encode())}
    event = {"httpMethod": "POST", "headers": headers, "body": body, "path": "/", "queryString": {}}
    function = stack.functions["revoke_policy"]
    function.cold()
    stack.invoke("revoke_policy", event)
    # Of itself a function answers in time, however short: only a process that stands still is over it for certain.
    [instance] = function._pool._idle
    os.kill(instance._process.pid, signal.SIGSTOP)
    assert stack.invoke("revoke_policy", event, time_limit_ms=100).status == 433
    assert not instance.alive
    assert stack.invoke("revoke_policy", event).cold


def test_the_unpacked_folder_runs_too(built: Built) -> None:
    """What the deployer uploads runs as the zip does."""
    with LocalStack(0, package=built.folder) as stack:
        assert stack.post("/create_user", GOOD, identity="msg_1").status == 201


def test_without_a_python_310_it_runs_here(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package's own code runs with what is installed here, and one line says so."""
    monkeypatch.setattr(runner, "python310", lambda: None)
    remarks: list[str] = []
    with LocalStack(0, package=built.zip, warn=remarks.append) as stack:
        assert stack.post("/create_user", GOOD, identity="msg_1").status == 201
    [remark] = remarks
    assert remark.startswith("no CPython 3.10 here")


def test_nothing_is_left_behind(built: Built) -> None:
    """The unpacked copy goes with the stack, though it was read-only."""
    with LocalStack(0, package=built.zip) as stack:
        root = stack.functions["create_user"].spec.roots[0]
        assert root.is_dir()
    assert not root.parent.exists()


@pytest.mark.parametrize("content", [None, b"no zip"])
def test_no_package_is_one_line(content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A missing or broken zip is said in one line that names the command to make one."""
    path = tmp_path / "im-access.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PackageError, match="make package"):
        LocalStack(0, package=path).start()
    assert main(["up", "--base-port", "0", "--package", str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1
