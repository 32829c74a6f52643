"""`python -m local` from the outside: what it prints, how it ends, and what it says when it cannot start."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.operations import OPERATIONS
from tests.unit.local_scf.helpers import runs, wait_until

REPOSITORY = Path(__file__).resolve().parents[3]
ENVIRONMENT = {"PATH": os.environ["PATH"], "IM_ACCESS_LINK_TTL": "120"}


VERIFY = """
import json, os
from standardwebhooks import Webhook
def main_handler(event, context):
    command = Webhook(os.environ["IM_ACCESS_WEBHOOK_SECRETS"]).verify(event["body"], event["headers"])
    print("working for", command["user"])
    return {"statusCode": 200, "body": json.dumps({"got": command, "pid": os.getpid()})}
"""
OTHER_CHECKOUT = """
import pathlib, sys, local.deployment
local.deployment.REPOSITORY = pathlib.Path(sys.argv.pop(1))
from local.__main__ import main
sys.exit(main())
"""

# tccli as it is, except that its sample plugin wants the SDK of a product that nothing here uses.
TCCLI = """
import sys, types
for name in ("tencentcloud.cvm", "tencentcloud.cvm.v20170312"):
    sys.modules[name] = module = types.ModuleType(name)
    module.cvm_client = module.models = None
from tccli.main import main
sys.exit(main())
"""


def local(*arguments: str, python: tuple[str, ...] = ("-m", "local"), **env: str) -> "subprocess.Popen[str]":
    """`python -m local …` in a process of its own, started in the repository."""
    return subprocess.Popen(
        [sys.executable, *python, *arguments],
        cwd=REPOSITORY,
        env={**ENVIRONMENT, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def refusal(*arguments: str, python: tuple[str, ...] = ("-m", "local"), **env: str) -> str:
    """The one line with which it exits 2."""
    process = local(*arguments, python=python, **env)
    printed, said = process.communicate(timeout=20)
    assert (process.returncode, printed) == (2, "")
    assert said.count("\n") == 1
    return said


class Up:
    """A running `local up`: its process, what it printed, and the facts of `GET /`."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.printed = self._read()
        found = re.search(r"^gateway +(\S+)$", self.printed, re.MULTILINE)
        assert found
        self.facts: dict[str, Any] = json.loads(urllib.request.urlopen(found[1]).read())  # noqa: S310 - http

    def _read(self) -> str:
        assert self.process.stdout
        lines: list[str] = []
        while not (lines and lines[-1].startswith("tccli")):
            lines.append(self.process.stdout.readline())
            assert lines[-1], "it ended early"
        return "".join(lines)


@pytest.fixture
def checkout(tmp_path: Path) -> tuple[str, ...]:
    """The interpreter's arguments for `local` in a checkout with three small functions that verify the signature."""
    functions = tmp_path / "functions"
    functions.mkdir()
    for name in OPERATIONS:
        (functions / f"{name}.py").write_text(VERIFY)
    return ("-c", OTHER_CHECKOUT, str(tmp_path))


@pytest.fixture
def up(checkout: tuple[str, ...]) -> Iterator[Up]:
    """`local up` on free ports."""
    process = local("up", "--base-port", "0", python=checkout)
    yield Up(process)
    process.kill()
    process.communicate()


def pasted(up: Up) -> list[dict[str, Any]]:
    """Paste the printed lines for HTTP into a shell; its answers."""
    shell = up.printed.split("# A command over Kafka")[0].split("Standard Webhook\n")[1]
    ran = subprocess.run(["sh", "-euc", shell], capture_output=True, text=True, check=True)  # noqa: S607
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(up: Up, number: signal.Signals) -> None:
    """Ctrl-C and SIGTERM end it with 0, without a word on stderr."""
    up.process.send_signal(number)
    _, said = up.process.communicate(timeout=30)
    assert (up.process.returncode, said) == (0, "")


def test_what_it_prints_is_what_it_serves(up: Up) -> None:
    """Every fact of `GET /` is printed, and the functions' names."""
    for name, value in up.facts.items():
        assert re.search(rf"^{name} +{re.escape(value)}$", up.printed, re.MULTILINE)
    assert re.search(r"^functions  ", up.printed, re.MULTILINE)


def test_a_taken_port_is_one_line() -> None:
    """It names the port and the way out, and exits 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refusal("up", "--base-port", str(port))
    assert said == f"local: port {port} (the gateway) is in use; choose three free ones: --base-port {port + 1000}\n"


def test_a_missing_module_is_one_line() -> None:
    """Without the dependencies it says how to get them, and exits 2."""
    said = refusal("up", python=("-S", "-m", "local"))
    assert said == "local: the Python module rich is missing; `make test` or `make demo` installs it in .venv\n"


def test_settings_too_large_for_scf_are_one_line(checkout: tuple[str, ...]) -> None:
    """More than 4 KB of settings are refused, as SCF does."""
    said = refusal("up", "--base-port", "0", python=checkout, IM_ACCESS_POLICIES="x" * 5000)
    assert re.fullmatch(r"local: create_user: its settings have \d+ bytes, SCF takes 4096\n", said)


@pytest.mark.parametrize("arguments", [("up", "--base-port", "70000"), ("up", "--nonsense"), ("down",), ()])
def test_a_wrong_call_shows_the_usage(arguments: tuple[str, ...]) -> None:
    """Anything else exits 2 with the usage."""
    process = local(*arguments)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 2
    assert said.startswith("usage: python -m local")


def test_the_printed_curl_command_works(up: Up) -> None:
    """The shell lines for HTTP, pasted as they are, reach the functions with a signature that holds."""
    commands = [answer["got"] for answer in pasted(up)]
    assert [one["user"] for one in commands] == ["alice", "alice", "alice"]
    assert commands[0]["policies"] == ["QcloudIMReadOnlyAccess"]


def test_what_functions_print_is_shown(up: Up) -> None:
    """Functions' own lines appear in the terminal with the function's name."""
    pasted(up)
    up.process.terminate()
    printed, _ = up.process.communicate(timeout=30)
    assert re.search(r"^create_user [0-9a-f]{8} working for alice$", printed, re.MULTILINE)
    assert re.search(r"^create_user [0-9a-f]{8} Report RequestId:", printed, re.MULTILINE)


def test_the_printed_tccli_command_works(up: Up) -> None:
    """Tencent's own command line lists the account's users."""
    command = next(line for line in up.printed.splitlines() if line.startswith("tccli"))
    arguments = [sys.executable, "-c", TCCLI, *command.split()[1:]]
    ran = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout)["Data"] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_its_functions_end_with_it(up: Up, number: signal.Signals) -> None:
    """The functions' processes end with it, even when it is killed."""
    pids = {answer["pid"] for answer in pasted(up)}
    assert len(pids) == 3
    up.process.send_signal(number)
    up.process.communicate()
    wait_until(lambda: not any(map(runs, pids)))
