"""The command as a person types it: a process of its own in a terminal of 80 columns, piped, Chinese, interrupted."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import threading
import unicodedata
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.main import main
from local.cloud import LocalCloud
from tests.system.cli.accounts import READ, Account

ROOT = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "cli.main"]
TIME_LIMIT = 60


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """A user with a long name."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        assert account.run("create", "alice." + "long-" * 9 + "name", READ, "--reason", "入职" * 20)[0] == 0
        yield account


def environment(account: Account, **more: str) -> dict[str, str]:
    """Of a shell."""
    return {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1", "TERM": "xterm", **account.env, **more}


def typed(account: Account, *words: str, answer: bytes = b"", **more: str) -> tuple[int, str]:
    """Exit code and screen of the command in a terminal of 80 columns, at which an answer was typed."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *words], cwd=ROOT, env=environment(account, **more), stdin=follower, stdout=follower, stderr=follower
    )
    os.close(follower)
    os.write(leader, answer)
    screen = b""
    while True:
        try:
            part = os.read(leader, 4096)
        except OSError:
            break
        if not part:
            break
        screen += part
    os.close(leader)
    return process.wait(TIME_LIMIT), re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.decode()).replace("\r", "")


def width(line: str) -> int:
    """How many columns a line takes."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def test_a_terminal_of_80_columns_shows_all_of_it(account: Account) -> None:
    """Tables are folded, nothing is cut, in Chinese too."""
    for lang, word in (("C.UTF-8", "active"), ("zh_CN.UTF-8", "在职")):
        code, screen = typed(account, "users", LC_ALL=lang)
        assert code == 0, screen
        assert word in screen
        assert max(width(line) for line in screen.splitlines()) <= 80
        assert re.sub(r"\s", "", screen).count("long-") >= 6


def test_what_is_asked_at_a_terminal_is_answered_there(account: Account) -> None:
    """No at the terminal means that nothing is done, and the command says so."""
    name = account.rows("users")[1][0]["user"]
    code, screen = typed(account, "offboard", name, answer=b"n\n", LC_ALL="zh_CN.UTF-8")
    assert code == 1, screen
    assert "停用访问密钥" in screen
    assert "未作任何更改" in screen
    assert account.rows("users")[1][0]["state"] == "active"


def test_piped_a_row_is_a_line(account: Account) -> None:
    """For grep and awk; no colour, no progress; a reader that goes away is no trouble."""
    command = subprocess.list2cmdline([*COMMAND, "users"])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{command} | head -1"],
        cwd=ROOT,
        env=environment(account),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["USER", "UIN", "STATE", "SINCE", "DELETE", "AT", "CONSOLE", "LOGIN"]
    assert done.stderr == ""


def test_a_terminal_without_chinese_gets_question_marks(account: Account) -> None:
    """A character that the terminal cannot show becomes a question mark, and the command goes on."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)
    assert main(["users"], account.console(out, LC_ALL="zh_CN.UTF-8")) == 0
    assert b"?" in out.buffer.getvalue()


class Slow(BaseHTTPRequestHandler):
    """A service that never answers in time."""

    asked = threading.Event()
    over = threading.Event()

    def do_GET(self) -> None:
        """Nothing, for a while."""
        self.asked.set()
        self.over.wait(TIME_LIMIT)

    def log_message(self, *_: object) -> None:
        """In silence."""


def test_interrupted_it_says_what_was_done(account: Account) -> None:
    """Ctrl-C while it waits: exit code 130 and one line, no traceback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        env = environment(account, IM_ACCESS_COS_ENDPOINT=f"http://127.0.0.1:{server.server_port}")
        # A suite that was started in the background ignores the signal, and so would what it starts.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        process = subprocess.Popen([*COMMAND, "users"], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
        signal.signal(signal.SIGINT, before)
        assert Slow.asked.wait(TIME_LIMIT)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIME_LIMIT)
        Slow.over.set()
        server.shutdown()
        thread.join()
    assert process.returncode == 130, err
    assert err == "im-access: Interrupted (reading records and CAM): nothing was changed.\n"


def test_a_service_that_is_not_there_is_named(account: Account) -> None:
    """The host, the setting that it comes from, and the next step."""
    code, _, err = account.run("users", IM_ACCESS_API_ENDPOINT="http://127.0.0.1:1")
    assert code == 1
    assert "host: 127.0.0.1:1 (IM_ACCESS_API_ENDPOINT)" in err
    assert "next: Look at the network" in err
    code, _, err = account.run("outbox", IM_ACCESS_COS_ENDPOINT="http://127.0.0.1:1")
    assert "IM_ACCESS_COS_ENDPOINT" in err
