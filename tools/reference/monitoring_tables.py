"""The tables of alarms and of the dashboard, from docs/alarms.json and docs/dashboard.json."""

import json
from pathlib import Path

from cli.reference.text import Text
from tools.reference.table import Table, same

ALARMS = Path(__file__).parents[2] / "docs" / "alarms.json"
DASHBOARD = ALARMS.with_name("dashboard.json")


def alarms() -> Table:
    """Each alarm with what it looks for, when it fires, and how often it is looked at."""
    head = (
        Text("alarm", "告警"),
        Text("it means", "含义"),
        Text("query", "执行语句"),
        Text("condition", "触发条件"),
        Text("minutes", "分钟"),
    )
    rows = json.loads(ALARMS.read_text(encoding="utf-8"))
    return [
        head,
        *(
            (
                same(f"`{row['name']}`"),
                Text(row["en"], row["zh"]),
                same(f"`{row['query']}`"),
                same(f"`{row['condition']}`"),
                same(str(row["minutes"])),
            )
            for row in rows
        ),
    ]


def dashboard() -> Table:
    """Each chart of the dashboard with its query."""
    head = (Text("chart", "图表"), Text("as", "类型"), Text("query", "执行语句"), Text("a line for each", "分组"))
    kinds = {"graph": Text("lines", "折线图"), "bar": Text("bars", "柱状图")}
    rows = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return [
        head,
        *(
            (
                Text(row["en"], row["zh"]),
                kinds[row["type"]],
                same(f"`{row['query']}`"),
                same(f"`{row['by']}`" if row["by"] else "–"),
            )
            for row in rows
        ),
    ]
