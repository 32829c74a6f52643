"""What docs/hr.md lets a newcomer try is so, in both languages; and the story of HR systems holds."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

from local.__main__ import arguments
from local.up import LocalStack
from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY

PAGES = ("docs/hr.md", "docs/hr.zh-CN.md")


def test_the_pages_show_the_same_commands() -> None:
    """And the command line takes each of them."""
    shown = [[line for block in markdown.blocks(page, "hr") for line in block.text.splitlines()] for page in PAGES]
    assert shown[0] == shown[1]
    for line in shown[0]:
        assert arguments().parse_args(shlex.split(line)[3:]).command == "hr"


def test_what_is_tried_comes_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says that its event was answered; without rules each event is a letter that says so."""
    from local.__main__ import main

    with LocalStack(0) as stack:
        for block in markdown.blocks(PAGES[0], "hr"):
            for line in block.text.splitlines():
                assert main([*shlex.split(line)[3:], "--gateway", stack.url]) == 0
                stack.settle()
        assert capsys.readouterr().out.count("answered 200") == 4
        letters = [one.body for one in stack.cloud.cos.list("dead-letters/").objects]
        assert len(letters) == 4
        assert all(b'"no_rules"' in body for body in letters)


def test_nothing_is_up(capsys: pytest.CaptureFixture[str]) -> None:
    """One line says how to start a cloud."""
    from local.__main__ import main

    assert main(["hr", "feishu", "joiner", "a", "--gateway", "http://127.0.0.1:9"]) == 1
    assert "python -m local up" in capsys.readouterr().out


def test_the_story_of_hr_systems_holds() -> None:
    """`python -m local demo --hr`: from the event to the policy, the mail and the page; every claim of it."""
    command = [sys.executable, "-m", "local", "demo", "--hr"]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "claims hold" in ran.stdout
