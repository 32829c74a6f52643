"""The settings of HR systems. Only the functions that receive and read HR events use them.

An HR system counts as connected once all its required settings are there. Errors say what is wrong, never a value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from shared import settings_parsers as parse
from shared.secret import Secret
from shared.settings import Optional, Settings


def secret(value: str) -> Secret:
    """A token, a key or an app's secret."""
    if not value.isprintable() or " " in value or not value.isascii() or len(value) > 512:
        raise ValueError("is no text of at most 512 characters without spaces")
    return Secret(value)


def secrets(value: str) -> tuple[Secret, ...]:
    """A list of secrets, separated by spaces."""
    return tuple(secret(word) for word in value.split())


def aes_key(value: str) -> Secret:
    """The 43 characters that WeCom and DingTalk decode to a key of 32 bytes."""
    if not re.fullmatch(r"[A-Za-z0-9+/]{43}", value, re.ASCII):
        raise ValueError("is no key of 43 letters and digits")
    return Secret(value)


def name(value: str) -> str:
    """The id of a corporation, an app or a company."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,128}", value, re.ASCII):
        raise ValueError("is no id of letters, digits, hyphens and underscores")
    return value


def base_url(value: str) -> str:
    """The base URL of an API: https, or http on loopback."""
    parts = urlsplit(parse.public_url(value))
    if parts.query or parts.fragment or parts.username:
        raise ValueError("is no plain https URL")
    return value.rstrip("/")


def _secret(setting: str, help: str, parser: Callable[[str], Secret] = secret) -> Optional[Secret]:  # noqa: A002 - as there
    return Optional(f"IM_ACCESS_{setting}", parser, help)


def _text(setting: str, help: str, parser: Callable[[str], str] = name) -> Optional[str]:  # noqa: A002 - as there
    return Optional(f"IM_ACCESS_{setting}", parser, help)


class HrSettings(Settings):
    """All settings, those of HR systems included."""

    feishu_encrypt_key = _secret("FEISHU_ENCRYPT_KEY", "the app's Encrypt Key; required for `/feishu`")
    feishu_verification_token = _secret(
        "FEISHU_VERIFICATION_TOKEN", "the app's Verification Token; required for `/feishu`"
    )
    feishu_app_id = _text("FEISHU_APP_ID", "with the secret: to fetch what an event leaves out, such as departments")
    feishu_app_secret = _secret("FEISHU_APP_SECRET", "the app's App Secret")
    feishu_endpoint = _text("FEISHU_ENDPOINT", "base URL of its API; of Lark `https://open.larksuite.com`", base_url)
    wecom_token = _secret("WECOM_TOKEN", "the callback's Token; required for `/wecom`")
    wecom_aes_key = _secret("WECOM_AES_KEY", "the callback's EncodingAESKey; required for `/wecom`", aes_key)
    wecom_corp_id = _text("WECOM_CORP_ID", "the only corporation that is taken; required for `/wecom`")
    wecom_secret = _secret(
        "WECOM_SECRET", "the app's Secret, to look members up; without it events are read as they are"
    )
    wecom_endpoint = _text("WECOM_ENDPOINT", "base URL of `cgi-bin/…`", base_url)
    dingtalk_token = _secret("DINGTALK_TOKEN", "the callback's Token; required for `/dingtalk`")
    dingtalk_aes_key = _secret("DINGTALK_AES_KEY", "the callback's aes_key; required for `/dingtalk`", aes_key)
    dingtalk_app_key = _text(
        "DINGTALK_APP_KEY", "the app's AppKey (Client ID), an owner that is taken; required for `/dingtalk`"
    )
    dingtalk_corp_id = _text("DINGTALK_CORP_ID", "a CorpId, taken as an owner too")
    dingtalk_app_secret = _secret(
        "DINGTALK_APP_SECRET", "the app's AppSecret, to look people up; without it nobody joins, leaves are done"
    )
    dingtalk_endpoint = _text("DINGTALK_ENDPOINT", "base URL of both of its APIs", base_url)
    bamboohr_keys = Optional(
        "IM_ACCESS_BAMBOOHR_KEYS",
        secrets,
        "private keys of the webhooks, separated by spaces, any of which may match; required for `/bamboohr`",
    )
    bamboohr_company = _text("BAMBOOHR_COMPANY", "the company's subdomain; with the key: to look employees up")
    bamboohr_api_key = _secret(
        "BAMBOOHR_API_KEY", "an API key; without it only bodies with fields, and leaves, are read"
    )
    bamboohr_endpoint = _text("BAMBOOHR_ENDPOINT", "base URL of `/api/v1/…`", base_url)

    def looks_up(self, source: str) -> bool:
        """Whether the settings for look-ups in this HR system are there. Raises Misconfigured."""
        names = LOOK_UPS.get(source, ())
        return bool(names) and all(getattr(self, name) is not None for name in names)


LOOK_UPS = {
    "feishu": ("feishu_app_id", "feishu_app_secret"),
    "wecom": ("wecom_corp_id", "wecom_secret"),
    "dingtalk": ("dingtalk_app_key", "dingtalk_app_secret"),
    "bamboohr": ("bamboohr_company", "bamboohr_api_key"),
}
"""For each HR system, the settings that are needed to look people up in it."""
