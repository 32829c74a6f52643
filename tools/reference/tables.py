"""The tables of the reference: each is made from the table in the code that it documents."""

from collections.abc import Callable
from typing import Any

from cli.reference import settings as settings_texts
from cli.reference.functions import FUNCTIONS, NOTIFICATIONS
from cli.reference.problems import PROBLEMS
from cli.reference.text import Text, text_of
from shared import operations
from shared.errors import MEANINGS
from shared.hr_settings import HrSettings
from shared.notifications import notification
from shared.operations import OPERATIONS
from shared.settings import Setting
from tools.reference.field_tables import fields
from tools.reference.monitoring_tables import alarms, dashboard
from tools.reference.table import Table, same

VERDICTS = {
    "park": Text("parked", "存档"),
    "park_retry": Text("parked, retry", "存档，可重试"),
    "later": Text("again", "再来"),
    "raise": Text("raises", "抛出"),
}


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
    unset = _of_setting(row).unset
    if unset:
        return unset
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
                text.meaning,
                text.action,
            )
            for code, row in MEANINGS.items()
            for text in [text_of(code, PROBLEMS, "PROBLEMS of cli/reference/problems.py")]
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
