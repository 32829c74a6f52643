"""What events of each system tell of a person, where two of its words could mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import pytest

from shared.event_sources.hr.received import HrEvent
from shared.hr_systems.bamboohr import BambooHrPeople
from shared.hr_systems.dingtalk import DingTalkPeople
from shared.hr_systems.dingtalk_api import DingTalkApi
from shared.hr_systems.feishu import FeishuPeople
from shared.hr_systems.wecom import WeComApi, WeComPeople
from shared.people.person import PersonEvent

WORK, PRIVATE = "w@example.com", "p@example.org"


class Api:
    """Knows one person, or nobody."""

    def __init__(self, known: dict[str, Any] | None) -> None:
        self._known = known

    def user(self, _name: str) -> dict[str, Any] | None:
        """Of DingTalk."""
        return self._known

    member = user

    def department_names(self, _ids: Sequence[str]) -> list[str]:
        """None."""
        return []


def told(source: str, work: str, private: str) -> PersonEvent | None:
    """What is told of somebody with these addresses."""
    if source == "feishu":
        user = {"user_id": "7", "enterprise_email": work, "email": private}
        event = HrEvent("feishu", "1", "contact.user.created_v3", None, {"object": user})
        return FeishuPeople(None).read(event, 0.0)
    if source == "dingtalk":
        api = cast("DingTalkApi", Api({"userid": "7", "org_email": work, "email": private}))
        return DingTalkPeople(api).read(HrEvent("dingtalk", "1", "user_add_org", None, {"userid": ["7"]}), 0.0)
    if source == "bamboohr":
        row = {"id": "7", "action": "created", "fields": {"workEmail": work, "homeEmail": private}}
        return BambooHrPeople(None).read(HrEvent("bamboohr", "1", "employees", None, {"employees": [row]}), 0.0)
    if source == "wecom":
        posted = {"UserID": "7", "BizMail": work, "Email": private}
        return WeComPeople(None).read(HrEvent("wecom", "1", "create_user", None, posted), 0.0)
    api_of = cast("WeComApi", Api({"userid": "7", "biz_mail": work, "email": private}))
    return WeComPeople(api_of).read(HrEvent("wecom", "1", "create_user", None, {"UserID": "7"}), 0.0)


@pytest.mark.parametrize("source", ["feishu", "wecom", "wecom, looked up", "dingtalk", "bamboohr"])
def test_the_work_address_comes_before_a_private_one(source: str) -> None:
    """The private one counts where there is no other."""
    for work, private, wanted in ((WORK, PRIVATE, WORK), ("", PRIVATE, PRIVATE), (WORK, "", WORK)):
        event = told(source, work, private)
        assert event
        assert event.person.email == wanted


def test_feishu_tells_both_of_its_ids() -> None:
    """The person is known by the `user_id`, and by the `union_id` where that alone is told: in whichever event."""
    for kind, data in (
        ("contact.user.updated_v3", {"object": {"user_id": "7", "union_id": "on_7"}}),
        ("contact.user.deleted_v3", {"object": {"user_id": "7", "union_id": "on_7", "open_id": "ou_7"}}),
        ("corehr.offboarding.status_updated_v2", {"status": 3, "target_user_id": {"user_id": "7", "union_id": "on_7"}}),
    ):
        event = FeishuPeople(None).read(HrEvent("feishu", "1", kind, None, data), 0.0)
        assert event
        assert (event.person.employee, event.also) == ("7", "on_7")
    alone = HrEvent("feishu", "1", "contact.user.updated_v3", None, {"object": {"union_id": "on_7"}})
    event = FeishuPeople(None).read(alone, 0.0)
    assert event
    assert (event.person.employee, event.also) == ("on_7", None)


def test_who_has_left_wecom_need_not_be_found() -> None:
    """Status 5 says so; looked up, there would be nobody."""
    gone = WeComPeople(cast("WeComApi", Api(None)))
    event = gone.read(HrEvent("wecom", "1", "update_user", None, {"UserID": "A", "Status": "5"}), 0.0)
    assert event
    assert (event.person.employee, event.person.status) == ("a", "left")
    assert gone.read(HrEvent("wecom", "1", "update_user", None, {"UserID": "A", "Position": "x"}), 0.0) is None


@pytest.mark.parametrize(
    ("change", "wanted"), [("1", "active"), ("2", None), ("3", "active"), ("4", "left"), (4, "left")]
)
def test_a_change_on_the_personnel_platform_of_dingtalk(change: object, wanted: str | None) -> None:
    """4 is a leave, for which nobody has to be found; who was confirmed is where they were; others are looked up."""
    event = HrEvent("dingtalk", "1", "hrm_mdm_user_change", None, {"changetype": change, "staffid": "7"})
    api = None if wanted == "left" else cast("DingTalkApi", Api({"userid": "7", "name": "x"}))
    found = DingTalkPeople(api).read(event, 0.0)
    assert (found.person.status if found else None) == wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"status": "Active"}, "active"),
        ({"status": "Inactive"}, "left"),
        ({"employmentHistoryStatus": "Terminated"}, "left"),
        ({"status": "Active", "employmentStatus": "Terminated"}, "left"),
        ({"jobTitle": "Agent"}, None),
        ({"employmentHistoryStatus": "Full-Time"}, None),
    ],
)
def test_what_bamboohr_calls_a_leave(fields: dict[str, Any], wanted: str | None) -> None:
    """A status that has changed: there is no event of its own. What does not tell it leaves it as it was."""
    row = {"id": "7", "action": "updated", "fields": fields}
    event = BambooHrPeople(None).read(HrEvent("bamboohr", "1", "employees", None, {"employees": [row]}), 0.0)
    assert event
    assert (event.person.status if event.person.says_status else None) == wanted
