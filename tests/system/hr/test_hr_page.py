"""What docs/hr.md lets a newcomer try is so, in both languages; and the story of HR systems holds."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.main import main as im_access
from cli.terminal.console import Console
from local.__main__ import main as local
from local.stack import LocalStack
from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY

PAGES = ("docs/hr.md", "docs/hr.zh-CN.md")


def commands(page: str) -> list[str]:
    """What a reader types, command by command; one with a document in it is one."""
    text = "".join(block.text for block in markdown.blocks(page, "hr"))
    return re.findall(r"^(?:cat > .*?^END|.+?)$", text, re.M | re.S)


def test_the_pages_show_the_same_commands() -> None:
    """The page shows the same commands in both languages."""
    assert commands(PAGES[0]) == commands(PAGES[1])


def typed(command: str, stack: LocalStack) -> str:
    """What a command of the page prints; it has to succeed."""
    program, *words = shlex.split(command)
    if program == ".venv/bin/im-access":
        out = io.StringIO()
        console = Console({"LANG": "C"}, out=out, err=out)
        assert im_access([*words, "--local-port", stack.url.rpartition(":")[2]], console) == 0, out.getvalue()
        return out.getvalue()
    if program == ".venv/bin/python":
        if "leaver" in words:
            # As in life, not within a minute of joining: the functions would wait for CAM to show all that was made.
            stack.cloud.clock.advance(61)
        assert local([*words[2:], "--gateway", stack.url]) == 0
        stack.settle()
        return ""
    ran = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=True)
    return ran.stdout


def test_what_is_tried_comes_about(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page alone: a joiner, a mover, a leaver of two systems, and a table as Excel in China writes it."""
    monkeypatch.chdir(tmp_path)
    with LocalStack(0) as stack:
        printed = {command: typed(command, stack) for command in commands(PAGES[0])}
        attached = {name: stack.cloud.cam.attached(name) for name in stack.cloud.cam.users}
        closed = {name for name, user in stack.cloud.cam.users.items() if not user.console_login}
        told = [(event["type"], event["data"]["user"]["name"]) for event in stack.receiver.events]
    assert capsys.readouterr().out.count("answered 200") == 4
    assert attached == {"wei.zhang": ["QcloudAVCFullAccess"], "na.li": [], "fang.wang": ["QcloudIMReadOnlyAccess"]}
    assert closed == {"na.li"}
    assert {("imaccess.user.created", name) for name in attached} | {("imaccess.user.offboarded", "na.li")} <= {*told}
    text = "\n".join(printed.values())
    assert re.search(r"^wecom +lina .* na.li +closed", text, re.M)
    assert "QcloudAVCFullAccess: operators" in text
    assert "HR, rules 1: support reads" in text
    assert "王芳" in text


def test_nothing_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a running local cloud one line says how to start it."""
    assert local(["hr", "feishu", "joiner", "a", "--gateway", "http://127.0.0.1:9"]) == 1
    assert "python -m local up" in capsys.readouterr().out


def test_the_story_of_hr_systems_holds() -> None:
    """`python -m local demo --hr`: from the event to the policy, the mail and the page; every claim of it."""
    command = [sys.executable, "-m", "local", "demo", "--hr"]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "claims hold" in ran.stdout
