"""A page and its Chinese twin have the same headings, tables and examples."""

from __future__ import annotations

import re

import pytest

from tests.repository.docs import markdown

SUFFIX = ".zh-CN.md"
TWINS = [(page.removesuffix(SUFFIX) + ".md", page) for page in markdown.pages() if page.endswith(SUFFIX)]
twins = pytest.mark.parametrize(("page", "chinese"), TWINS, ids=[page for page, _ in TWINS])


def first_paragraph(page: str) -> str:
    """What stands below the title."""
    return markdown.read(page).split("\n\n")[1]


@twins
def test_they_lead_to_each_other(page: str, chinese: str) -> None:
    """Each links the other above its first paragraph."""
    for one, other in ((page, chinese), (chinese, page)):
        assert f"({other.rpartition('/')[2]})" in first_paragraph(one)


@twins
def test_they_have_the_same_headings(page: str, chinese: str) -> None:
    """As many, of the same levels, in the same order."""
    levels = [re.findall(r"^(#+) ", markdown.prose(one), re.M) for one in (page, chinese)]
    assert levels[0] == levels[1]


@twins
def test_they_have_the_same_tables(page: str, chinese: str) -> None:
    """Row by row as many cells, and what is code in a first cell is the same code, in whatever order."""
    rows = [
        [
            (line.count("|"), sorted(re.findall(r"`[^`]*`", line.split("|")[1])))
            for line in lines(one)
            if line.startswith("|")
        ]
        for one in (page, chinese)
    ]
    assert rows[0] == rows[1]


@twins
def test_they_have_the_same_blocks(page: str, chinese: str) -> None:
    """Examples are the same on both pages but for their comments; a drawing and a list of words have as many lines."""
    plain = [[_comparable(block) for block in markdown.blocks(one)] for one in (page, chinese)]
    assert plain[0] == plain[1]


@twins
def test_a_chinese_page_leads_to_chinese_pages(page: str, chinese: str) -> None:
    """Where a page that it links has a Chinese twin, it links that one."""
    told = {chinese for _, chinese in TWINS}
    folder = chinese.rpartition("/")[0]
    linked = {link.partition("#")[0] for link in markdown.links(chinese)} - {page.rpartition("/")[2]}
    assert [link for link in sorted(linked) if f"{folder}/{link[:-3]}{SUFFIX}".lstrip("/") in told] == []


def test_who_calls_operates_or_judges_reads_it_in_chinese() -> None:
    """Every page that docs/README.md lists for them has a twin, but for the proofs of guarantees.md."""
    rows = re.findall(r"^\| \[(.+\.md)\]\(\1\) \| (.*?) \|", markdown.read("docs/README.md"), re.M)
    pages = {f"docs/{name}" for name, readers in rows if re.search("caller|operator|security", readers)}
    names = (
        "operations",
        "security",
        "delivery",
        "guarantees-summary",
        "scim",
        "hr",
        "reference",
        "deployment",
        "calling",
    )
    assert pages >= {f"docs/{name}.md" for name in (*names, "first-deployment", "command-line")}
    assert pages - {"docs/guarantees.md"} | {"README.md", "docs/README.md"} <= {page for page, _ in TWINS}


def _comparable(block: markdown.Block) -> tuple[object, ...]:
    text = re.sub(r"(^| )# .*$", "", block.text, flags=re.M)
    return (block.test, block.language, text.count("\n") if block.language in ("mermaid", "text") else text)


def lines(page: str) -> list[str]:
    """The page's lines without its blocks."""
    return markdown.prose(page).splitlines()
