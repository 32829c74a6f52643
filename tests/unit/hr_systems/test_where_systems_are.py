"""Where an HR system is asked, if no setting says otherwise, and that it is asked nowhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

import pytest

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.errors import Misconfigured, Unavailable
from shared.event_sources.hr.received import HrEvent
from shared.hr_settings import HrSettings
from shared.hr_systems.event_reader import HrEventReader
from shared.hr_systems.tokens import Tokens
from shared.tencent.http import Answer, Call, Http

SECRETS = {
    "IM_ACCESS_FEISHU_APP_ID": "cli_1",
    "IM_ACCESS_FEISHU_APP_SECRET": "s",
    "IM_ACCESS_WECOM_CORP_ID": "ww1",
    "IM_ACCESS_WECOM_SECRET": "s",
    "IM_ACCESS_DINGTALK_APP_KEY": "ding1",
    "IM_ACCESS_DINGTALK_APP_SECRET": "s",
    "IM_ACCESS_BAMBOOHR_COMPANY": "acme",
    "IM_ACCESS_BAMBOOHR_API_KEY": "k",
}
EVENTS = {
    "feishu": HrEvent("feishu", "1", "corehr.job_data.changed_v1", None, {"target_user_id": {"user_id": "7"}}),
    "wecom": HrEvent("wecom", "1", "update_user", None, {"UserID": "7"}),
    "dingtalk": HrEvent("dingtalk", "1", "user_add_org", None, {"userid": ["7"]}),
    "bamboohr": HrEvent("bamboohr", "1", "employees", None, {"employees": [{"id": "7", "action": "created"}]}),
}
ASKED = {
    "feishu": [
        "https://open.feishu.cn/open-apis/auth/v3/tenant_access_token/internal",
        "https://open.feishu.cn/open-apis/contact/v3/users/7",
    ],
    "wecom": ["https://qyapi.weixin.qq.com/cgi-bin/gettoken", "https://qyapi.weixin.qq.com/cgi-bin/user/get"],
    "dingtalk": ["https://api.dingtalk.com/v1.0/oauth2/accessToken", "https://oapi.dingtalk.com/topapi/v2/user/get"],
    "bamboohr": ["https://acme.bamboohr.com/api/v1/employees/7"],
}
TOKENS = {"code": 0, "errcode": 0, "expire": 7200, "expires_in": 7200, "expireIn": 7200}


class Wire:
    """Gives tokens out, and is down for anything else."""

    def __init__(self, down: int = 503) -> None:
        self.asked: list[str] = []
        self._down = down

    def send(self, call: Call, limits: object) -> Answer:  # noqa: ARG002 - as the original
        """Note where it goes."""
        where = call.url.partition("?")[0]
        if where not in self.asked:
            self.asked.append(where)
        names = ("tenant_access_token", "access_token", "accessToken")
        body: dict[str, Any] = {**TOKENS, **dict.fromkeys(names, "t")}
        status = 200 if "oken" in where else self._down
        return Answer(status, {"Retry-After": "7"}, json.dumps(body).encode())


def asked(source: str, wire: Wire | None = None, env: Mapping[str, str] | None = None) -> list[str]:
    """The addresses that are asked about an event's person."""
    wire, clock = wire or Wire(), SystemClock()
    reading = HrEventReader(
        HrSettings({**SECRETS, **(env or {})}), cast("Http", wire), Tokens(), Deadline(clock, clock.now() + 30)
    )
    with pytest.raises(Unavailable) as caught:
        reading.read(EVENTS[source], clock.now() - 60)
    assert (caught.value.code, caught.value.retry_after) == ("hr_unavailable", 7)
    return wire.asked


@pytest.mark.parametrize("source", EVENTS)
def test_a_system_is_where_its_vendor_says(source: str) -> None:
    """Over https; and all of it where the setting says so, on loopback for instance."""
    assert asked(source) == ASKED[source]
    moved = asked(source, env={f"IM_ACCESS_{source.upper()}_ENDPOINT": "http://127.0.0.1:9/base/"})
    assert [one.partition(":9/base/")[0] for one in moved] == ["http://127.0.0.1"] * len(moved)


@pytest.mark.parametrize("source", EVENTS)
@pytest.mark.parametrize("status", [429, 500, 502])
def test_a_system_that_is_down_or_throttles_is_waited_for(source: str, status: int) -> None:
    """A system that is down or throttles is waited for, for as long as it says."""
    assert asked(source, Wire(status)) == ASKED[source]


@pytest.mark.parametrize("source", EVENTS)
@pytest.mark.parametrize(
    "url", ["http://example.com", "ftp://example.com", "https://a:b@example.com", "https://x/?a=1"]
)
def test_secrets_go_nowhere_in_the_clear(source: str, url: str) -> None:
    """Plain http beyond loopback, or no address at all, is a wrong setting that is named, without its value."""
    name = f"IM_ACCESS_{source.upper()}_ENDPOINT"
    with pytest.raises(Misconfigured) as caught:
        asked(source, env={name: url})
    assert name in caught.value.detail
    assert url not in caught.value.detail
