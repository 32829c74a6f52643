"""docs/performance.md is made by the benchmarks: each has its place there, and nothing else is in it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import batches, operator_waits, quota_changes
from benchmarks.__main__ import BENCHMARKS, PAGE, placed
from benchmarks.common import ROOT, paired, table
from benchmarks.plot import Chart, Line

STALE = 'the page has other figures: make bench BENCH="batches instances"'


def test_every_benchmark_has_its_place_and_its_command() -> None:
    """Each benchmark has its table and its command on the page, and each table a benchmark."""
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^<!-- (\w+) -->$", page, re.M) == list(BENCHMARKS)
    for name in BENCHMARKS:
        block = page.partition(f"<!-- {name} -->")[2].partition(f"<!-- end of {name} -->")[0]
        assert f"`python -m benchmarks {name}`" in block
        assert "| --- |" in block


def test_no_benchmark_is_called_as_a_module_of_python() -> None:
    """Their folder comes first where one of them is started as a program: Python would load it in its place."""
    assert not {path.stem for path in (ROOT / "benchmarks").glob("*.py")} & sys.stdlib_module_names


def test_a_table_is_placed_between_its_marks() -> None:
    """A table replaces what stands between its marks on the page, whatever that is."""
    page = "a\n<!-- x -->\nold\n\n<!-- end of x -->\nb\n"
    once = placed(page, "x", "\n| \\1 |\n")
    assert once == "a\n<!-- x -->\n\n| \\1 |\n\n<!-- end of x -->\nb\n"
    assert placed(once, "x", "\n| \\1 |\n") == once


def test_a_benchmark_without_a_place_is_an_error() -> None:
    """A benchmark whose marks are not on the page is an error, so that no figures are lost."""
    with pytest.raises(LookupError, match="0 places for y"):
        placed("<!-- x -->\n<!-- end of x -->", "y", "")


def test_the_plot_of_instances_is_the_committed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated plot is the committed one to the byte, on every machine."""
    monkeypatch.setattr(batches, "IMAGES", tmp_path)
    monkeypatch.setattr(batches, "INSTANCES", (1, 2))
    rows = batches.run_instances().splitlines()[2:]
    page = PAGE.read_text(encoding="utf-8")
    assert all(row in page for row in rows), STALE


def test_a_quota_that_is_lower_than_believed_is_as_the_page_says() -> None:
    """The simulated figures of a change are those on the page."""
    row = " | ".join(("half of the quota that one instance believes in", *quota_changes.used(1)))
    assert f"| {row} |" in PAGE.read_text(encoding="utf-8"), (
        'the page has other figures: make bench BENCH="quota_changes"'
    )


def test_small_batches_are_as_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulated figures of small batches are those on the page."""
    monkeypatch.setattr(batches, "IMAGES", tmp_path)
    monkeypatch.setattr(batches, "SIZES", (1, 20))
    page = PAGE.read_text(encoding="utf-8")
    assert all(row in page for row in batches.run().splitlines()[2:]), STALE


def test_an_operator_waits_for_cams_quota_and_no_longer() -> None:
    """A review takes a twentieth of a second a user, as many calls of CAM as it has to ask, and none is refused."""
    rows = [[cell.strip() for cell in row.split("|")[1:-1]] for row in operator_waits.run(40).splitlines()[2:]]
    told = {row[0].strip("`"): (float(row[1].removesuffix(" s")), int(row[2]), int(row[3])) for row in rows}
    assert 2 <= told["review"][0] <= 4
    assert told["review"][1:] == (40 * 3 + 40 // 50 + 1 + 40 // 10 + 1, 0)
    assert told["review --quick"][1:] == (40 * 2 + 1, 0)
    assert told["drift --quick"][0] <= told["drift"][0] <= 4
    assert all(told[name][0] < 1 for name in told if not name.startswith(("review", "drift")))


def test_plots_are_drawings() -> None:
    """Well-formed SVG with the numbers of its axes; names are escaped."""
    chart = Chart("a < b", "x", "y", [Line("one & two", [(1, 10), (10, 90), (100, 100)])], top=100, goal=95)
    root = ET.fromstring(chart.svg())  # noqa: S314 - our own
    texts = ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b", "one & two", "1", "10", "100", "20", "80"} <= set(texts)
    for name in ("batches.svg", "instances.svg"):
        ET.parse(ROOT / "docs" / "images" / name)  # noqa: S314 - our own


def test_ratios_are_taken_pair_by_pair() -> None:
    """A ratio is taken between two runs made one after the other, so a slow minute changes both."""
    assert paired({"a": [2.0, 20.0, 3.0], "b": [1.0, 10.0, 3.0]}, "a", "b") == 2.0
    assert table(("x", "y"), [("1", "2")]) == "| x | y |\n| --- | --- |\n| 1 | 2 |"
