"""Write the tables of the reference pages from the code: `python -m tools.reference [--check]`.

Two comments in a page mark the place of a table; the page's file name tells its language:

    <!-- generated: settings -->
    …
    <!-- end -->

Exit codes: 0 done, 1 a page is stale (with --check) or a row has no text yet.
"""

import argparse
import re
import sys
from pathlib import Path
from typing import Literal

from tools.reference.table import Table
from tools.reference.tables import TABLES

ROOT = Path(__file__).parents[2]
PAGES = tuple(f"docs/{name}{language}.md" for name in ("reference", "operations") for language in ("", ".zh-CN"))
_SECTION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.S)


def render(table: Table, language: Literal["en", "zh"]) -> str:
    """A table in Markdown."""
    lines = ["| " + " | ".join(getattr(cell, language).replace("|", "\\|") for cell in row) + " |" for row in table]
    rule = "| " + " | ".join("---" for _ in table[0]) + " |"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def renewed(page: str) -> str:
    """The page's text with its tables renewed."""
    language: Literal["en", "zh"] = "zh" if page.endswith(".zh-CN.md") else "en"
    text = (ROOT / page).read_text(encoding="utf-8")
    return _SECTION.sub(lambda match: match[1] + render(TABLES[match[2]](), language) + match[3], text)


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.reference", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only say which page is stale")
    check: bool = parser.parse_args().check
    try:
        stale = [page for page in PAGES if renewed(page) != (ROOT / page).read_text(encoding="utf-8")]
    except LookupError as missing:
        print(f"reference: {missing}", file=sys.stderr)
        return 1
    for page in stale:
        print(f"reference: {page} is {'stale' if check else 'renewed'}")
        if not check:
            (ROOT / page).write_text(renewed(page), encoding="utf-8")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
