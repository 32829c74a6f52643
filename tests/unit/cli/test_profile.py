"""Where the command's settings come from: the environment, a profile, a local cloud; and names that are none."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from cli.account import profile
from cli.terminal.console import Console
from shared.errors import Misconfigured
from tests.unit.cli.terminal import run


def test_a_typo_is_told_with_the_nearest_name(tmp_path: Path) -> None:
    """Of the environment and of the profile; settings of HR systems are known, other programs' names not looked at."""
    file = tmp_path / "profile"
    file.write_text("IM_ACCESS_REGOIN=ap-guangzhou\nOTHER=1\n")
    env = {"IM_ACCESS_BUKET": "b-1250000000", "IM_ACCESS_FEISHU_APP_ID": "cli_1"}
    err = run("history", "alice", "--profile", str(file), env=env)[2]
    assert "IM_ACCESS_BUKET is no setting: did you mean IM_ACCESS_BUCKET?" in err
    assert "IM_ACCESS_REGOIN is no setting: did you mean IM_ACCESS_REGION?" in err
    assert "OTHER" not in err
    assert "FEISHU" not in err


def test_the_profile_is_below_the_environment(tmp_path: Path) -> None:
    """It is found in the usual place; quotes, comments and `export` are understood; the environment wins."""
    file = tmp_path / ".config" / "im-access" / "profile"
    file.parent.mkdir(parents=True)
    file.write_text("# mine\n\nexport IM_ACCESS_BUCKET='b-1250000000'\nIM_ACCESS_REGION=ap-shanghai\n")
    console = Console(env={"HOME": str(tmp_path), "IM_ACCESS_REGION": "ap-guangzhou"})
    assert console.environment["IM_ACCESS_BUCKET"] == "b-1250000000"
    assert console.environment["IM_ACCESS_REGION"] == "ap-guangzhou"


@pytest.mark.parametrize("name", ["TENCENTCLOUD_SECRETKEY", "IM_ACCESS_WEBHOOK_SECRETS", "IM_ACCESS_FEISHU_APP_SECRET"])
def test_a_profile_with_secrets_is_the_operators_alone(tmp_path: Path, name: str) -> None:
    """One that others can read is refused, and no value is told."""
    file = tmp_path / "profile"
    file.write_text(f"{name}=hunter2\n")
    file.chmod(0o640)
    code, _, err = run("history", "alice", "--profile", str(file))
    assert code == 2
    assert "chmod 600" in err
    assert "hunter2" not in err
    file.chmod(0o600)
    assert profile.read(file) == {name: "hunter2"}


def test_a_broken_profile_is_named_with_its_line(tmp_path: Path) -> None:
    """A profile with a wrong line is named with the line, and one that does not exist by its path."""
    file = tmp_path / "profile"
    file.write_text("A=1\nhunter2\n")
    with pytest.raises(Misconfigured, match="line 2"):
        profile.read(file)
    code, _, err = run("history", "alice", "--profile", str(tmp_path / "none"))
    assert (code, f"{tmp_path}/none is not there" in err, "Correct the profile" in err) == (2, True, True)


def test_the_local_cloud_is_asked_for_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is and its keys, past any proxy; where none answers, the command says how to start one."""
    facts = dict.fromkeys(profile._FACTS.values(), "x")

    class Facts(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(facts).encode())

        def log_message(self, *_: object) -> None:
            pass

    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with HTTPServer(("127.0.0.1", 0), Facts) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        console = Console(env={"IM_ACCESS_BUCKET": "mine-1250000000"}, local_port=server.server_port)
        assert console.environment["IM_ACCESS_BUCKET"] == "x"
        thread.join()
        port = server.server_port
    code, _, err = run("history", "alice", "--local-port", str(port))
    assert code == 1
    assert f"local up --base-port {port}" in err
