"""The tables of the reference: each read from the table of the code that it documents."""

import json
from collections.abc import Callable
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from cli.reference import settings as settings_texts
from cli.reference.fields import FIELDS, VERBS
from cli.reference.functions import FUNCTIONS, NOTIFICATIONS
from cli.reference.problems import PROBLEMS
from cli.reference.text import Text, text_of
from shared import operations
from shared.errors import MEANINGS
from shared.hr_settings import HrSettings
from shared.notifications import notification
from shared.operations import OPERATIONS, Operation
from shared.settings import Setting

ALARMS = Path(__file__).parents[2] / "docs" / "alarms.json"
DASHBOARD = ALARMS.with_name("dashboard.json")
VERDICTS = {
    "park": Text("parked", "存档"),
    "park_retry": Text("parked, retry", "存档，可重试"),
    "later": Text("again", "再来"),
    "raise": Text("raises", "抛出"),
}
TYPES = {
    "str": Text("string", "字符串"),
    "bool": Text("bool", "布尔"),
    "int": Text("int", "整数"),
    "list": Text("list of strings", "字符串列表"),
}
Table = list[tuple[Text, ...]]


def same(text: str) -> Text:
    """A text that is the same in both languages."""
    return Text(text, text)


def functions() -> Table:
    """Each cloud function with what it does and the type of its command."""
    head = (Text("function", "函数"), Text("does", "作用"), same("CloudEvents `type`"))
    rows = [
        (
            same(f"`{name}.main_handler`"),
            text_of(name, FUNCTIONS, "FUNCTIONS of cli/reference/functions.py"),
            same(f"`{OPERATIONS[name].command.TYPE}`" if name in OPERATIONS else "–"),
        )
        for name in operations.FUNCTIONS
    ]
    return [head, *rows]


def notifications() -> Table:
    """Each type of a notification with its sender and its moment."""
    senders = {row.notification: name for name, row in OPERATIONS.items()}
    senders |= dict.fromkeys(notification.PAGE_TYPES, operations.PAGE) | dict.fromkeys(
        notification.SWEEP_TYPES, operations.SWEEP
    )
    senders[notification.SCIM_STOPPED] = operations.SCIM
    head = (same("`type`"), Text("sent by", "发送者"), Text("when", "何时"))
    where = "NOTIFICATIONS of cli/reference/functions.py"
    rows = [
        (same(f"`{one}`"), same(f"`{sender}`"), text_of(one, NOTIFICATIONS, where)) for one, sender in senders.items()
    ]
    return [head, *rows]


def fields() -> Table:
    """Each field of a command with the commands that have it, its type, and its rule."""
    head = (Text("field", "字段"), Text("in", "适用"), Text("type", "类型"), Text("rule", "规则"))
    names = dict.fromkeys(name for row in OPERATIONS.values() for name in _of_callers(row))
    where = "FIELDS of cli/reference/fields.py"
    return [head, *((same(f"`{name}`"), _where(name), _type(name), text_of(name, FIELDS, where)) for name in names)]


def _of_callers(row: Operation[Any, Any]) -> list[str]:
    """The fields that callers may set."""
    return [name for name in row.command.model_fields if name not in row.command.ONLY_INSIDE]


def _where(field: str) -> Text:
    verbs = [name.partition("_")[0] for name, row in OPERATIONS.items() if field in _of_callers(row)]
    if len(verbs) == len(OPERATIONS):
        return Text("all", "全部")
    return Text(", ".join(verbs), "、".join(text_of(verb, VERBS, "VERBS of cli/reference/fields.py") for verb in verbs))


def _type(name: str) -> Text:
    field = next(row.command.model_fields[name] for row in OPERATIONS.values() if name in row.command.model_fields)
    kind = TYPES[_base(field.annotation)]
    if field.is_required():
        return kind
    if field.default_factory or field.default in (None, []):
        return Text(f"{kind.en}, optional", f"{kind.zh}，可选")
    default = f"`{str(field.default).lower()}`"
    return Text(f"{kind.en}, default {default}", f"{kind.zh}，默认 {default}")


def _base(annotation: Any) -> str:  # noqa: ANN401 - whatever a field is annotated with
    """The name of the plain type below `Annotated`, `Literal` and `| None`."""
    origin = get_origin(annotation)
    if origin is Literal:
        return "str"
    if origin in (Union, UnionType):
        return next(_base(one) for one in get_args(annotation) if one is not type(None))
    if origin is list:
        return "list"
    return _base(get_args(annotation)[0]) if origin else str(annotation.__name__)


def settings() -> Table:
    """Each setting with its default and its meaning."""
    head = (Text("name", "名称"), Text("default", "默认值"), Text("meaning", "含义"))
    return [
        head,
        *(
            (same(f"`{row.name}`"), _default(row), Text(row.help, _of_setting(row).zh))
            for row in HrSettings.table().values()
        ),
    ]


def _of_setting(row: Setting[Any]) -> settings_texts.Row:
    return text_of(row.name, settings_texts.SETTINGS, "SETTINGS of cli/reference/settings.py")


def _default(row: Setting[Any]) -> Text:
    if row.default:
        return same(f"`{row.default}`")
    told = _of_setting(row).unset
    if told:
        return told
    required = type(row).unset is Setting.unset
    return Text("required", "必填") if required else Text("none", "无")


def problems() -> Table:
    """Each problem code with its status, its fate on a queue, its meaning and what to do."""
    head = (
        same("code"),
        same("HTTP"),
        Text("on a queue", "队列"),
        Text("meaning", "含义"),
        Text("what to do", "怎么办"),
    )
    return [
        head,
        *(
            (
                same(f"`{code}`"),
                same(str(row.status)),
                VERDICTS[row.verdict.value],
                told.meaning,
                told.action,
            )
            for code, row in MEANINGS.items()
            for told in [text_of(code, PROBLEMS, "PROBLEMS of cli/reference/problems.py")]
        ),
    ]


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


TABLES: dict[str, Callable[[], Table]] = {
    "functions": functions,
    "fields": fields,
    "notifications": notifications,
    "settings": settings,
    "problems": problems,
    "alarms": alarms,
    "dashboard": dashboard,
}
