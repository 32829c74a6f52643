"""Reads the project's pages as data: code blocks with their test markers, tables, headings and links.

A comment before a block says how it is tested:

    <!-- test: shell -->
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
READMES = ("README.md", "README.zh-CN.md")
CALLING = ("docs/calling.md", "docs/calling.zh-CN.md")
REFERENCES = ("docs/reference.md", "docs/reference.zh-CN.md")
INDEXES = ("docs/README.md", "docs/README.zh-CN.md")
OURS = (*READMES, *CALLING, *REFERENCES, *INDEXES, "CONTRIBUTING.md", "docs/architecture.md", "docs/operations.md")
"""The pages whose every block is held against the code here; the others have tests of their own."""

_BLOCK = re.compile(r"^(?:<!-- test: (?P<test>.+?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the words of its marker, its text."""

    page: str
    language: str
    test: tuple[str, ...]
    text: str

    @property
    def kind(self) -> str:
        """The marker's first word, or nothing."""
        return self.test[0] if self.test else ""


def read(page: str) -> str:
    """A page's text."""
    return (REPOSITORY / page).read_text(encoding="utf-8")


def pages() -> list[str]:
    """Every Markdown page of the project."""
    found = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in found)


def blocks(page: str, kind: str | None = None) -> list[Block]:
    """The page's blocks in order, all or those of one kind."""
    found = [
        Block(page, match["language"], tuple((match["test"] or "").split()), match["text"])
        for match in _BLOCK.finditer(read(page))
    ]
    return [block for block in found if kind in (None, block.kind)]


def prose(page: str) -> str:
    """The page without its blocks."""
    return _BLOCK.sub("", read(page))


def links(page: str) -> list[str]:
    """The targets of the page's links."""
    return _LINK.findall(prose(page))


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes from the page's headings."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def rows(page: str) -> dict[str, list[str]]:
    """Rows of the page's tables by the code in their first cell; all cells without their backticks."""
    found: dict[str, list[str]] = {}
    for line in prose(page).splitlines():
        cells = [cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if line.startswith("| `") and len(cells) > 1:
            found.setdefault(cells[0], cells)
    return found
