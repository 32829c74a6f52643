"""The pages are complete and right: they are compared with the tables in the code."""

from __future__ import annotations

import re
import subprocess
from typing import get_args

import pytest

from shared.commands.result import Outcome
from shared.credentials import csv_file as credentials
from shared.entrypoints.process_batch import COUNTERS
from shared.errors import MEANINGS, Verdict
from shared.hr_settings import HrSettings
from shared.notifications import notification as notice
from shared.operations import OPERATIONS
from tests.repository.docs import markdown
from tests.repository.docs.markdown import CALLING, INDEXES, OURS, REFERENCES, REPOSITORY
from tools.reference.__main__ import PAGES, renewed

REQUIRED = dict(zip(REFERENCES, ("required", "必填"), strict=True))
VERDICTS = {
    "docs/reference.md": {"park": "parked", "park_retry": "parked, retry", "later": "again", "raise": "raises"},
    "docs/reference.zh-CN.md": {"park": "存档", "park_retry": "存档，可重试", "later": "再来", "raise": "抛出"},
}
both = pytest.mark.parametrize("page", REFERENCES)
to_callers = pytest.mark.parametrize("page", CALLING)


@pytest.mark.parametrize("page", PAGES)
def test_the_tables_are_the_codes(page: str) -> None:
    """Each page is what `python -m tools.reference` writes."""
    assert markdown.read(page) == renewed(page), "run .venv/bin/python -m tools.reference"


@both
@pytest.mark.parametrize("setting", HrSettings.table().values(), ids=lambda setting: str(setting.name))
def test_every_setting_is_documented(page: str, setting: object) -> None:
    """Each row of the settings table is a row of the page, with its default."""
    name, default = getattr(setting, "name"), getattr(setting, "default")  # noqa: B009 - typed as object here
    cells = markdown.rows(page).get(name)
    assert cells, f"{page} has no row of {name}: run .venv/bin/python -m tools.reference"
    assert default in ("", cells[1])
    assert cells[2]


@pytest.mark.parametrize("page", OURS)
def test_no_setting_is_invented(page: str) -> None:
    """Every name on the pages that begins like a setting is a setting."""
    known = {setting.name for setting in HrSettings.table().values()}
    assert set(re.findall(r"IM_ACCESS_[A-Z_]+[A-Z]", markdown.read(page))) <= known


@both
def test_a_required_setting_is_called_required(page: str) -> None:
    """A setting without a default, and without a meaning when it is unset, is called required."""
    rows = markdown.rows(page)
    assert rows["IM_ACCESS_BUCKET"][1] == REQUIRED[page]
    assert [name for name, cells in rows.items() if cells[1] == REQUIRED[page]] == ["IM_ACCESS_BUCKET"]


@both
@pytest.mark.parametrize("code", MEANINGS)
def test_every_problem_code_is_documented(page: str, code: str) -> None:
    """Each code has a row with its status, its verdict on a queue, a meaning, and what to do."""
    meaning = MEANINGS[code]
    cells = markdown.rows(page).get(code)
    assert cells, f"{page} has no row of {code}: run .venv/bin/python -m tools.reference"
    assert cells[1:3] == [str(meaning.status), VERDICTS[page][meaning.verdict.value]]
    assert all(cells[3:])
    assert len(cells) == 5


@both
def test_no_problem_code_is_invented(page: str) -> None:
    """Every row with an HTTP status in its second cell is a code of the table."""
    codes = [name for name, cells in markdown.rows(page).items() if re.fullmatch(r"[45]\d\d", cells[1])]
    assert codes == list(MEANINGS), "run .venv/bin/python -m tools.reference"


@to_callers
def test_every_status_is_in_the_table_of_answers(page: str) -> None:
    """The table of answers has a row for each status, the successful ones included."""
    found = set(re.findall(r"^\| .+? \| (\d{3}) \|", markdown.prose(page), re.M))
    assert found >= {"200", "201"} | {str(meaning.status) for meaning in MEANINGS.values()}


def test_every_verdict_has_a_word() -> None:
    """No verdict is without its word on either page."""
    assert all(set(words) == {verdict.value for verdict in Verdict} for words in VERDICTS.values())


@both
def test_every_function_and_its_type_are_documented(page: str) -> None:
    """Each module of functions/ has a row with its handler and its command's type."""
    rows = markdown.rows(page)
    for module in sorted((REPOSITORY / "functions").glob("*.py")):
        row = OPERATIONS.get(module.stem)
        assert rows[f"{module.stem}.main_handler"][2] == (row.command.TYPE if row else "–")


@both
def test_every_event_type_is_documented(page: str) -> None:
    """Commands and notifications: each type stands on the page."""
    text = markdown.prose(page)
    types = {command.TYPE for command in (row.command for row in OPERATIONS.values())} | {
        row.notification for row in OPERATIONS.values()
    }
    types |= {*notice.PAGE_TYPES, *notice.SWEEP_TYPES, notice.SCIM_STOPPED}
    assert [name for name in types if f"`{name}`" not in text] == []


@both
def test_every_field_of_a_command_is_documented(page: str) -> None:
    """Each field has a row, and no row has another field."""
    fields = [name for name, cells in markdown.rows(page).items() if len(cells) == 4 and name.islower()]
    kinds = [row.command for row in OPERATIONS.values()]
    known = dict.fromkeys(name for kind in kinds for name in kind.model_fields if name not in kind.ONLY_INSIDE)
    assert [name for name in fields if "/" not in name and "." not in name] == list(known)


@to_callers
def test_counters_and_outcomes_are_documented(page: str) -> None:
    """The words in queue answers, statuses and outcomes stand on the page."""
    text = markdown.read(page)
    words = [*COUNTERS, *get_args(Outcome), "granted", "revoked", "replayed"]
    assert [word for word in words if word not in text] == []


@to_callers
def test_the_csv_header_is_the_real_one(page: str) -> None:
    """The header of the credentials file on the page is the real one to the letter."""
    (block,) = markdown.blocks(page, "csv")
    assert block.text.strip() == ",".join(credentials.HEADER)


@pytest.mark.parametrize("page", INDEXES)
def test_the_tree_is_the_real_one(page: str) -> None:
    """The layout names exactly the repository's top-level entries, and folders of shared/ that exist."""
    tree = next(block.text for block in markdown.blocks(page) if block.text.startswith("functions/ "))
    top = re.findall(r"^(\S+?)/? ", tree, re.M)
    assert set(top) == _top_level()
    assert all((REPOSITORY / "shared" / name).is_dir() for name in re.findall(r"^  (\S+)/ ", tree, re.M))


@pytest.mark.parametrize("page", markdown.pages())
def test_links_resolve(page: str) -> None:
    """Each link inside of the project leads to a file, and to a heading of it where it names one."""
    for target in markdown.links(page):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        there = (REPOSITORY / page).parent / path if path else REPOSITORY / page
        assert there.exists(), target
        if anchor:
            assert anchor in markdown.anchors(there.resolve().relative_to(REPOSITORY).as_posix()), target


@pytest.mark.parametrize("page", OURS)
def test_every_block_says_how_it_is_tested(page: str) -> None:
    """Only trees and sequence diagrams go without a marker."""
    loose = [block.text for block in markdown.blocks(page) if not block.test]
    assert [text for text in loose if not text.startswith(("functions/ ", "sequenceDiagram"))] == []


def _top_level() -> set[str]:
    """What is at the top of a checkout; of an unpacked archive without git, all but what is ignored."""
    known = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S607
    if known.returncode == 0:
        return {line.partition("/")[0] for line in known.stdout.splitlines()} - {".gitignore"}
    ignored = {line.strip("/*") for line in (REPOSITORY / ".gitignore").read_text().splitlines()}
    return {path.name for path in REPOSITORY.iterdir() if path.suffix != ".egg-info"} - ignored - {".gitignore"}
