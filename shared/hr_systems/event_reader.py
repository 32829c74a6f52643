"""Reads a stored HR event as a person's event, and looks up in the HR system what the event leaves out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from shared.deadline import Deadline
from shared.errors import Rejected
from shared.event_sources.hr.received import HrEvent
from shared.hr_settings import LOOK_UPS, HrSettings
from shared.hr_systems.hr_api import HrApi
from shared.hr_systems.person_fields import event_time
from shared.hr_systems.tokens import Tokens
from shared.people.person import Person, PersonEvent
from shared.tencent.http import Http

Read = Callable[[HrEvent, float], "PersonEvent | None"]
"""Reads an event; the number is when it was first received, in seconds since the epoch."""


class HrEventReader:
    """Reads events of all systems, in one invocation. Raises Misconfigured.

    `blind`: the function that received the event had no settings for look-ups, so it may be read without one. Otherwise
    an event is never read without its look-up: a field that it leaves out would count as lost, and the person would
    lose access.
    """

    def __init__(
        self, settings: HrSettings, http: Http, tokens: Tokens, deadline: Deadline, *, blind: bool = True
    ) -> None:
        self._settings = settings
        self._api = HrApi(http, tokens, deadline)
        self._blind = blind

    def read(self, event: HrEvent, received: float) -> PersonEvent | None:
        """Read an event about one person; None where the person does not exist any more, or the event
        has no effect yet.

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
        if not (app and secret):
            return FeishuPeople(self._no_api("feishu")).read
        return FeishuPeople(FeishuApi(self._api, settings.feishu_endpoint or ENDPOINT, app, secret)).read

    def _wecom(self) -> Read:
        from shared.hr_systems.wecom import ENDPOINT, WeComApi, WeComPeople

        settings = self._settings
        corporation, secret = settings.wecom_corp_id, settings.wecom_secret
        if not (corporation and secret):
            return WeComPeople(self._no_api("wecom")).read
        return WeComPeople(WeComApi(self._api, settings.wecom_endpoint or ENDPOINT, corporation, secret)).read

    def _dingtalk(self) -> Read:
        from shared.hr_systems.dingtalk import DingTalkPeople
        from shared.hr_systems.dingtalk_api import DingTalkApi

        settings = self._settings
        app, secret = settings.dingtalk_app_key, settings.dingtalk_app_secret
        if not (app and secret):
            return DingTalkPeople(self._no_api("dingtalk")).read
        return DingTalkPeople(DingTalkApi(self._api, settings.dingtalk_endpoint, app, secret)).read

    def _bamboohr(self) -> Read:
        from shared.hr_systems.bamboohr import BambooHrApi, BambooHrPeople, endpoint

        settings = self._settings
        company, key = settings.bamboohr_company, settings.bamboohr_api_key
        if not (company and key):
            return BambooHrPeople(self._no_api("bamboohr")).read
        base = settings.bamboohr_endpoint or endpoint(company)
        return BambooHrPeople(BambooHrApi(self._api, base, key)).read

    def _no_api(self, source: str) -> Any:  # noqa: ANN401 - in the place of any of the APIs
        return None if self._blind else _Unset(" with ".join(f"IM_ACCESS_{name.upper()}" for name in LOOK_UPS[source]))


class _Unset:
    """In place of an API whose settings are missing here, though the function that received the event had them."""

    def __init__(self, settings: str) -> None:
        self._settings = settings

    def __getattr__(self, name: str) -> NoReturn:
        raise Rejected("details_missing", f"{self._settings} is set where the event was taken, and not here")


def common_form(event: HrEvent, received: float) -> PersonEvent:
    """Read an event in the common form, which holds the whole person. Raises Rejected `invalid_person`."""
    return PersonEvent(event.data["source"], event.id, event_time(event, received), Person.parse(event.data["person"]))
