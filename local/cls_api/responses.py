"""The part of CLS's API that lists alarms: DescribeAlarms.

No log is evaluated: a test puts the alarms to be listed into ``LocalCloud.alarms``.
"""

from collections.abc import Mapping

from local.actions import Params, Service
from local.cam.models import CamBackend
from local.cls_api.records import Alarm

CLS = Service("cls", "2020-10-16", needs_region=True)
MADE = "2026-01-01 00:00:00"


@CLS.action("DescribeAlarms", 20, Filters=list, Offset=int, Limit=int)
def describe_alarms(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Alarm policies, ``Limit`` (default 20) of them from ``Offset`` (default 0) on; filters are ignored."""
    alarms, start = cam.accounts.alarms, params.number("Offset", 0)
    rows = alarms[start : start + params.number("Limit", 20)]
    return {"TotalCount": len(alarms), "Alarms": [alarm(number, row) for number, row in enumerate(rows, start)]}


def alarm(number: int, row: Alarm) -> dict[str, object]:
    """An alarm as DescribeAlarms shows it."""
    return {
        "AlarmId": f"alarm-{number}",
        "Name": row.name,
        "AlarmTargets": [{"Query": row.query, "Number": 1, "StartTimeOffset": -5, "EndTimeOffset": 0}],
        "MonitorTime": {"Type": "Period", "Time": 5},
        "Condition": row.condition,
        "TriggerCount": 1,
        "AlarmPeriod": 60,
        "AlarmNoticeIds": ["notice-local"],
        "Status": row.enabled,
        "CreateTime": MADE,
        "UpdateTime": MADE,
        "MessageTemplate": "",
        "CallBack": None,
        "Analysis": [],
    }
