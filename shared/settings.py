"""The settings: one table that parsing, the docs and their test share; read anew at every invocation.

A setting is parsed where it is first asked for, so that an HTTP caller is authenticated before the rest is looked at;
`check()` parses them all. Errors name the setting and never its value.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar, overload
from urllib.parse import urlsplit

from shared.errors import Misconfigured
from shared.secret import Secret

T = TypeVar("T")

DEFAULT_POLICIES = "QcloudAVCFullAccess,QcloudIMReadOnlyAccess"
"""The two preset policies of Instant Messaging (https://www.tencentcloud.com/document/product/1047/38087)."""


def _bucket(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?-[1-9]\d{4,}", value, re.ASCII) or len(value) > 63:
        raise ValueError("is no bucket name with its appid, such as im-access-1250000000")
    return value


def _region(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]", value, re.ASCII):
        raise ValueError("is no region, such as ap-guangzhou")
    return value


def _names(value: str) -> tuple[str, ...]:
    names = tuple(name for name in re.split(r"[,\s]+", value) if name)
    if not names:
        raise ValueError("is an empty list")
    return names


def _list(value: str) -> tuple[str, ...]:
    return tuple(name for name in re.split(r"[,\s]+", value) if name)


def _policy_name(value: str) -> str:
    if not re.fullmatch(r"[\w+=,.@-]{1,128}", value, re.ASCII):
        raise ValueError("is no policy's name")
    return value


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII) or not low <= int(value) <= high:
            raise ValueError(f"is no whole number from {low} to {high}")
        return int(value)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value.lower() not in words:
            raise ValueError("is none of " + ", ".join(words))
        return value.lower()

    return parse


def _flag(on: str, off: str) -> Callable[[str], bool]:
    choose = _one_of(on, off)
    return lambda value: choose(value) == on


def _level(value: str) -> str:
    return _one_of("debug", "info", "warning", "error", "critical")(value).upper()


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"[\s\x00-\x20\x7f]", value):
        raise ValueError("is no http or https URL")
    return value


def _endpoint(value: str) -> str:
    parts = urlsplit(_url(value))
    if parts.path not in ("", "/") or parts.query or parts.fragment or parts.username:
        raise ValueError("is no plain scheme://host:port URL")
    return f"{parts.scheme}://{parts.netloc}"


def _page(value: str) -> str:
    if urlsplit(_url(value)).fragment or urlsplit(value).username:
        raise ValueError("is no http or https URL of a page")
    return value


def _uin(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{4,19}", value, re.ASCII):
        raise ValueError("is no UIN")
    return value


def _webhook_secret(value: str) -> Secret:
    encoded = value.removeprefix("whsec_")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if encoded == value or not 24 <= len(key) <= 64:
        raise ValueError("is no whsec_ followed by the base64 of 24 to 64 bytes")
    return Secret(value)


def _webhook_secrets(value: str) -> tuple[Secret, ...]:
    secrets = tuple(_webhook_secret(word) for word in value.split())
    if not secrets:
        raise ValueError("is an empty list")
    return secrets


class Setting(Generic[T]):
    """A row of the table, and the attribute of `Settings` that reads it.

    `default` is text as it would stand in the environment; without one, `unset` says what an unset variable means.
    """

    def __init__(self, name: str, parse: Callable[[str], T], help: str, *, default: str = "") -> None:  # noqa: A002
        self.name = name
        self.parse = parse
        self.help = help
        self.default = default

    def unset(self, settings: Settings) -> T:  # noqa: ARG002 - the subclasses that look at other settings need it
        """What holds when the variable is not set and there is no default. Raises Misconfigured."""
        raise Misconfigured(self.name, "is required")

    def read(self, settings: Settings) -> T:
        """The value in the environment, parsed. Raises Misconfigured."""
        value = settings.env.get(self.name, "").strip()
        if self.name in settings.env and not value and self.parse is _names:
            raise Misconfigured(self.name, "is an empty list")
        value = value or self.default
        if not value:
            return self.unset(settings)
        try:
            return self.parse(value)
        except ValueError as error:
            raise Misconfigured(self.name, str(error)) from None

    @overload
    def __get__(self, settings: None, owner: type[Settings]) -> Setting[T]: ...
    @overload
    def __get__(self, settings: Settings, owner: type[Settings]) -> T: ...
    def __get__(self, settings: Settings | None, owner: type[Settings]) -> T | Setting[T]:
        if settings is None:
            return self
        if self.name not in settings.parsed:
            settings.parsed[self.name] = self.read(settings)
        value: T = settings.parsed[self.name]
        return value


class Optional(Setting["T | None"], Generic[T]):
    """A setting that may be absent."""

    def unset(self, settings: Settings) -> None:
        """Absent."""


class _Maybe(Setting["tuple[str, ...]"]):
    def unset(self, settings: Settings) -> tuple[str, ...]:  # noqa: ARG002 - as above
        return ()


class _Region(Setting[str]):
    def unset(self, settings: Settings) -> str:
        if not settings.env.get("TENCENTCLOUD_REGION", "").strip():
            raise Misconfigured(self.name, "is required where TENCENTCLOUD_REGION is not set")
        return Setting("TENCENTCLOUD_REGION", _region, self.help).read(settings)


class _CallerSecrets(Setting["tuple[Secret, ...]"]):
    def unset(self, settings: Settings) -> tuple[Secret, ...]:
        if settings.http_auth == "signature":
            raise Misconfigured(self.name, "is required with IM_ACCESS_HTTP_AUTH=signature")
        return ()


class _Page(Setting["str | None"]):
    def unset(self, settings: Settings) -> None:
        if settings.delivery == "claim":
            raise Misconfigured(self.name, "is required with IM_ACCESS_DELIVERY=claim")


class Settings:
    """The settings of one invocation, over its environment."""

    bucket = Setting("IM_ACCESS_BUCKET", _bucket, "the COS bucket, with its appid")
    region = _Region("IM_ACCESS_REGION", _region, "the bucket's region")
    policies = Setting("IM_ACCESS_POLICIES", _names, "allow-list of policy names", default=DEFAULT_POLICIES)
    allow_foreign_policies = _Maybe(
        "IM_ACCESS_ALLOW_FOREIGN_POLICIES", _list, "policies of the allow-list that may allow more than im: actions"
    )
    protected_users = _Maybe("IM_ACCESS_PROTECTED_USERS", _list, "names or UINs of users that are never touched")
    boundary_policy = Optional(
        "IM_ACCESS_BOUNDARY_POLICY", _policy_name, "the policy that becomes each new user's permissions boundary"
    )
    link_ttl = Setting("IM_ACCESS_LINK_TTL", _number(1, 43200), "seconds a credentials link lives", default="3600")
    credential_lifetime = Setting(
        "IM_ACCESS_CREDENTIAL_LIFETIME",
        _number(1, 999_999_999),
        "seconds for which the function's own temporary credentials are trusted to live",
        default="7200",
    )
    delivery = Setting(
        "IM_ACCESS_DELIVERY", _one_of("link", "claim"), "claim: links lead to the credentials page", default="link"
    )
    claim_url = _Page("IM_ACCESS_CLAIM_URL", _page, "the public address of the credentials page")
    unclaimed_hours = Setting(
        "IM_ACCESS_UNCLAIMED_HOURS", _number(1, 8760), "hours after which credentials count as unclaimed", default="72"
    )
    sweep = Setting(
        "IM_ACCESS_SWEEP", _one_of("warn", "enforce"), "enforce: unclaimed credentials are disabled", default="warn"
    )
    sweep_limit = Setting(
        "IM_ACCESS_SWEEP_LIMIT", _number(1, 10000), "users beyond which a sweep does nothing", default="10"
    )
    http_auth = Setting(
        "IM_ACCESS_HTTP_AUTH", _one_of("signature", "platform"), "who authenticates HTTP callers", default="signature"
    )
    webhook_secrets = _CallerSecrets("IM_ACCESS_WEBHOOK_SECRETS", _webhook_secrets, "whsec_ secrets of HTTP callers")
    notify_url = Optional("IM_ACCESS_NOTIFY_URL", _url, "where finished commands are POSTed as CloudEvents")
    notify_secret = Optional("IM_ACCESS_NOTIFY_SECRET", _webhook_secret, "whsec_ secret that signs notifications")
    owner_uin = Optional("IM_ACCESS_OWNER_UIN", _uin, "the main account's UIN; asked of STS where it is not set")
    api_endpoint = Optional("IM_ACCESS_API_ENDPOINT", _endpoint, "URL for CAM and STS")
    cos_endpoint = Optional("IM_ACCESS_COS_ENDPOINT", _endpoint, "URL for the bucket")
    answer_link = Setting(
        "IM_ACCESS_ANSWER_LINK", _flag("yes", "no"), "no: the HTTP answer of a create has no link", default="yes"
    )
    bare_messages = Setting(
        "IM_ACCESS_BARE_MESSAGES", _flag("accept", "park"), "accept: a queue message may be bare", default="park"
    )
    log_level = Setting("IM_ACCESS_LOG_LEVEL", _level, "how much is logged", default="INFO")

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.parsed: dict[str, Any] = {}

    @classmethod
    def table(cls) -> dict[str, Setting[Any]]:
        """Every setting by its attribute's name."""
        return {name: row for name, row in vars(cls).items() if isinstance(row, Setting)}

    def check(self) -> Settings:
        """Parse everything and look at what must stand together. Raises Misconfigured."""
        for name in self.table():
            getattr(self, name)
        if self.notify_url and not self.notify_secret:
            raise Misconfigured("IM_ACCESS_NOTIFY_SECRET", "is required with IM_ACCESS_NOTIFY_URL")
        if not self.answer_link and not self.notify_url:
            raise Misconfigured("IM_ACCESS_NOTIFY_URL", "is required with IM_ACCESS_ANSWER_LINK=no")
        return self
