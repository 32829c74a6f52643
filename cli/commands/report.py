"""`im-access report`: one page with charts for the monthly meeting; it reads only the bucket."""

from __future__ import annotations

import base64
import re
from html import escape
from typing import Any

import click
import pygal
from pygal.style import CleanStyle

from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.timeline import Timeline
from cli.records.weekly_figures import AGES, Figures, collect, quantile
from cli.terminal import web_page
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, page_for_a_file, put
from cli.terminal.spreadsheet import json_text
from shared.clock import rfc3339


@command("report", example="im-access report --output report.html")
@click.option("--days", type=click.IntRange(7, 3660), default=92, metavar="N", help="how far back; 92 if not said")
@click.option("--output", type=OUTPUT, metavar="FILE", help="where it goes, if not to the terminal")
@click.pass_obj
def report(console: Console, days: int, output: str | None) -> int:
    """One page with plots: joiners, leavers, time from event to effect, backlog."""
    if not console.as_json:
        page_for_a_file(console, output, "report.html")
    console.progress.step(_("reading the records"))
    timeline = Timeline(console)
    figures = collect(console, timeline, days)
    as_json = console.as_json
    put(console, output, json_text(_members(figures)) if as_json else page(figures, rfc3339(console.clock.now()), days))
    return FAILED if timeline.warn() else OK


def _members(figures: Figures) -> dict[str, Any]:
    weeks = [
        {**week._asdict(), "delays": {name: quantile(week.delays, share) for name, share in _SHARES.items()}}
        for week in figures.weeks
    ]
    return {"weeks": weeks, "backlog": figures.backlog}


_SHARES = {"median": 0.5, "95 %": 0.95, "longest": 1.0}


def page(figures: Figures, now: str, days: int) -> str:
    """The HTML document: each chart with its numbers below it."""
    weeks = figures.weeks
    labels = [week.begins for week in weeks]
    people = {_("joiners"): [week.joiners for week in weeks], _("leavers"): [week.leavers for week in weeks]}
    policies = {_("grants"): [week.grants for week in weeks], _("revokes"): [week.revokes for week in weeks]}
    delays = {_(name): [quantile(week.delays, share) for week in weeks] for name, share in _SHARES.items()}
    backlog = {_(age): [counts[age] for counts in figures.backlog.values()] for age, _most in AGES}
    waiting = {
        _("at once, at the most"): [week.waiting for week in weeks],
        _("over an hour"): [week.late for week in weeks],
    }
    heading = _("The last {days} days, as of {now}; weeks begin on Monday, UTC.").format(days=days, now=now)
    parts = [
        _part(_("People"), pygal.Bar, labels, people),
        _part(_("Policies"), pygal.Bar, labels, policies),
        _part(_("Seconds from an event to its effect"), pygal.Line, labels, delays),
        _part(_("Events that waited for their effect"), pygal.Bar, labels, waiting),
        _part(_("What waits now"), pygal.StackedBar, [_(what) for what in figures.backlog], backlog),
    ]
    content = f"<p>{escape(heading)}</p>\n" + "".join(parts)
    return web_page.page(_("Access report"), content, images=True)


def _part(title: str, kind: Any, labels: list[str], series: dict[str, list[Any]]) -> str:  # noqa: ANN401 - a class of pygal's
    chart = kind(
        style=CleanStyle, js=(), height=320, width=960, x_label_rotation=30, legend_at_bottom=True, print_values=False,
        no_data_text="–", min_scale=1, x_labels_major_count=16, show_minor_x_labels=len(labels) <= 16,
    )  # fmt: skip
    chart.x_labels = labels
    # An axis of counts must show whole numbers, even if the counts are small.
    chart.range = (0, max([5.0, *(value for values in series.values() for value in values if value is not None)]))
    for name, values in series.items():
        chart.add(name, values)
    # Embedded as an image, the chart may contain styles; scripts in images never run, so they are left out.
    drawn = re.sub(rb"<script.*?</script>", b"", chart.render(), flags=re.DOTALL)
    picture = base64.b64encode(drawn).decode()
    heads = [_("week"), *series] if labels and labels[0][:2] == "20" else ["", *series]
    rows = [
        [escape(label), *(_number(values[place]) for values in series.values())] for place, label in enumerate(labels)
    ]
    image = f'<img alt="{escape(title)}" src="data:image/svg+xml;base64,{picture}">'
    return f"<h2>{escape(title)}</h2>\n{image}\n{web_page.table(heads, rows)}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{round(value, 1):g}" if value < 10 else f"{value:.0f}"
