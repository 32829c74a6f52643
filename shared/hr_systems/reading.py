"""From a taken event to what it tells of a person, with the look-ups that the settings allow."""

from __future__ import annotations

from collections.abc import Callable

from shared.deadline import Deadline
from shared.event_sources.hr.received import HrEvent
from shared.hr_settings import HrSettings
from shared.hr_systems.api import HrApi
from shared.hr_systems.tokens import Tokens
from shared.hr_systems.told import happened
from shared.people.person import Person, PersonEvent
from shared.tencent.http import Http

Read = Callable[[HrEvent, float], "PersonEvent | None"]
"""What an event tells, which came at that moment first."""


class HrReading:
    """The systems as one invocation asks them. Raises Misconfigured."""

    def __init__(self, settings: HrSettings, http: Http, tokens: Tokens, deadline: Deadline) -> None:
        self._settings = settings
        self._api = HrApi(http, tokens, deadline)

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """What an event tells of its one person; None of somebody who is gone, or where nothing happened yet.

        Raises Unavailable where the system is down, Rejected `details_missing`, `invalid_person`; `hr_refused`.
        """
        readers: dict[str, Callable[[], Read]] = {
            "feishu": self._feishu,
            "wecom": self._wecom,
            "dingtalk": self._dingtalk,
            "bamboohr": self._bamboohr,
            "person": lambda: common_form,
        }
        return readers[event.source]()(event, received)

    def _feishu(self) -> Read:
        from shared.hr_systems.feishu import FeishuPeople
        from shared.hr_systems.feishu_api import ENDPOINT, FeishuApi

        settings = self._settings
        app, secret = settings.feishu_app_id, settings.feishu_app_secret
        api = FeishuApi(self._api, settings.feishu_endpoint or ENDPOINT, app, secret) if app and secret else None
        return FeishuPeople(api).read

    def _wecom(self) -> Read:
        from shared.hr_systems.wecom import ENDPOINT, WeComApi, WeComPeople

        settings = self._settings
        corporation, secret = settings.wecom_corp_id, settings.wecom_secret
        base = settings.wecom_endpoint or ENDPOINT
        return WeComPeople(WeComApi(self._api, base, corporation, secret) if corporation and secret else None).read

    def _dingtalk(self) -> Read:
        from shared.hr_systems.dingtalk import DingTalkPeople
        from shared.hr_systems.dingtalk_api import DingTalkApi

        settings = self._settings
        app, secret = settings.dingtalk_app_key, settings.dingtalk_app_secret
        api = DingTalkApi(self._api, settings.dingtalk_endpoint, app, secret) if app and secret else None
        return DingTalkPeople(api).read

    def _bamboohr(self) -> Read:
        from shared.hr_systems.bamboohr import BambooHrApi, BambooHrPeople, endpoint

        settings = self._settings
        company, key = settings.bamboohr_company, settings.bamboohr_api_key
        base = settings.bamboohr_endpoint or endpoint(company or "")
        return BambooHrPeople(BambooHrApi(self._api, base, key) if company and key else None).read


def common_form(event: HrEvent, received: float) -> PersonEvent:
    """A person in the common form, which is told of as a whole. Raises Rejected `invalid_person`."""
    return PersonEvent(event.data["source"], event.id, happened(event, received), Person.parse(event.data["person"]))
