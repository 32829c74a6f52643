"""The page about the local cloud lists exactly what there is, and its examples run."""

import dataclasses
import re
from pathlib import Path

import pytest

from local.actions import Service
from local.cam import settings as cam_settings
from local.cam.responses import CAM
from local.cos import models as cos_models
from local.cos.operations import OPERATIONS
from local.faults import Fault
from local.scf_api.responses import SCF
from local.stack import LocalStack
from local.sts.responses import STS

PAGE = Path(__file__).parents[3] / "docs" / "local-cloud.md"


def rows(heading: str) -> list[list[str]]:
    """The rows of the one table under a heading."""
    section = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert section, heading
    lines = [line for line in section[1].splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(
    ("heading", "service"), [("CAM, 2019-01-16", CAM), ("STS, 2018-08-13", STS), ("SCF, 2018-04-16", SCF)]
)
def test_actions(heading: str, service: Service) -> None:
    """Every action is listed with its rate, and none that does not exist."""
    listed = {name: int(rate) for name, rate, _ in rows(heading)}
    there = {name: action.rate for name, action in service.actions.items()}
    assert listed == there, "each action has a row in docs/local-cloud.md"


def test_operations() -> None:
    """Every operation of the bucket is listed, and none that does not exist."""
    assert {row[0] for row in rows("COS")} == {operation.name for operation in OPERATIONS.values()}


def test_faults() -> None:
    """Every fault is listed."""
    assert [row[0] for row in rows("Make it fail")] == [fault.name for fault in sorted(Fault, key=by_page)]


def by_page(fault: Fault) -> int:
    """Where the page has it."""
    return PAGE.read_text("utf-8").index(f"`{fault.name}`")


def test_settings() -> None:
    """Every setting is listed with its default."""
    fields = {"cam": dataclasses.fields(cam_settings.Settings), "cos": dataclasses.fields(cos_models.Settings)}
    defaults = {f"{name}.{one.name}": one.default for name, group in fields.items() for one in group}
    shown = {name: "" if default == "empty" else default for name, default, _ in rows("Settings")}
    assert shown == {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in defaults.items()}


def test_facts() -> None:
    """Every fact that `GET /` answers is listed, and none that it does not."""
    with LocalStack(0) as stack:
        told = list(stack.info())
    assert [row[0] for row in rows("Start it")][: len(told)] == told


def test_examples() -> None:
    """The page's Python runs from top to bottom as it is written."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    scope: dict[str, object] = {}
    try:
        for block in blocks:
            exec(compile(block, str(PAGE), "exec"), scope)  # noqa: S102 our own page
    finally:
        getattr(scope["cloud"], "stop")()  # noqa: B009 the page's names are not known to types
    assert len(blocks) == 4
