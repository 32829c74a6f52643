"""The operator's command is documented: each of its commands, in both languages."""

from __future__ import annotations

import re

import pytest

from cli.registry import COMMANDS
from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY

PAGES = ("docs/command-line.md", "docs/command-line.zh-CN.md")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("name", [str(one.name) for one in COMMANDS])
def test_every_command_is_documented(page: str, name: str) -> None:
    """On the page of the command, or with an example on another one of that language."""
    here = markdown.read(page)
    others = (REPOSITORY / "docs").glob("*.zh-CN.md" if page.endswith(".zh-CN.md") else "*.md")
    told = re.search(rf"`{name}[ `]", here) or any(f"im-access {name}" in one.read_text("utf-8") for one in others)
    assert told, f"tell of `{name}` in {page}"
