"""Finds the HR system that an address names. Only the module of that system is loaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from shared.errors import Rejected
from shared.event_sources.hr.received import Incoming, Received, Reply
from shared.hr_settings import HrSettings

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


class Source(NamedTuple):
    """A connected HR system. `check` answers a GET, where the system sends one."""

    name: str
    receive: Callable[[Incoming], Received]
    check: Callable[[Incoming], Reply]
    methods: tuple[str, ...] = ("POST",)


def find(name: str, container: Container) -> Source:
    """The HR system with this name. Raises Rejected `source_not_found` where it is unknown or lacks a setting,
    Misconfigured.
    """
    settings = HrSettings(container.env)
    found = _SOURCES[name](settings, container.function) if name in _SOURCES else None
    if found is None:
        raise Rejected("source_not_found")
    return found


def _feishu(settings: HrSettings, function: str) -> Source | None:  # noqa: ARG001 - as the others
    key, token = settings.feishu_encrypt_key, settings.feishu_verification_token
    if not (key and token):
        return None
    from shared.event_sources.hr.feishu import Feishu

    return Source("feishu", Feishu(key, token).receive, _unchecked)


def _wecom(settings: HrSettings, function: str) -> Source | None:  # noqa: ARG001 - as the others
    token, key, corporation = settings.wecom_token, settings.wecom_aes_key, settings.wecom_corp_id
    if not (token and key and corporation):
        return None
    from shared.event_sources.hr.wecom import WeCom

    callback = WeCom(token, key, corporation)
    return Source("wecom", callback.receive, callback.check, ("GET", "POST"))


def _dingtalk(settings: HrSettings, function: str) -> Source | None:  # noqa: ARG001 - as the others
    token, key, app = settings.dingtalk_token, settings.dingtalk_aes_key, settings.dingtalk_app_key
    if not (token and key and app):
        return None
    from shared.event_sources.hr.dingtalk import DingTalk

    owners = tuple(filter(None, (app, settings.dingtalk_corp_id)))
    return Source("dingtalk", DingTalk(token, key, owners).receive, _unchecked)


def _bamboohr(settings: HrSettings, function: str) -> Source | None:  # noqa: ARG001 - as the others
    keys = settings.bamboohr_keys
    if not keys:
        return None
    from shared.event_sources.hr.bamboohr import BambooHr

    return Source("bamboohr", BambooHr(keys).receive, _unchecked)


def _person(settings: HrSettings, function: str) -> Source | None:
    if not settings.env.get(type(settings).webhook_secrets.name, "").strip():
        return None
    from shared.event_sources.hr.common_form import CommonForm

    return Source("person", CommonForm(settings.webhook_secrets, function).receive, _unchecked)


def _unchecked(_incoming: Incoming) -> Reply:
    raise Rejected("method_not_allowed")


_SOURCES: dict[str, Callable[[HrSettings, str], Source | None]] = {
    "feishu": _feishu,
    "wecom": _wecom,
    "dingtalk": _dingtalk,
    "bamboohr": _bamboohr,
    "person": _person,
}
