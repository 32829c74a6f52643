"""Errors as text for people: the code and its meaning, the host, the setting, and what to do next."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import click

from cli.chinese.details import of_detail
from cli.chinese.usage import of_click, of_field
from cli.language import _, language
from cli.reference.problems import PROBLEMS
from shared.errors import CloudError, ImAccessError, Misconfigured, Unavailable

WRONG = "invalid_command"
"""The code of an error about a command's fields, which come from the command line here."""
_OF_COS = re.compile(r"(cos:)?(Put|Get|Head|Delete|List)(Objects?|Bucket\w*)\b")
_DENIED = ("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation")
_NO_BUCKET = ("NoSuchBucket", "HTTP 404", "PermanentRedirect")
_CLOCK = ("AuthFailure.SignatureExpire", "RequestTimeTooSkewed")
_KEYS = ("AuthFailure", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken")


def lines_of(error: ImAccessError, env: Mapping[str, str]) -> Iterator[str]:
    """The lines of an error."""
    if error.code == WRONG:
        yield _("The command line is wrong") + ": " + _fields(error.detail)
        return
    yield f"{error.code}: {_detail(error)}"
    if isinstance(error, Unavailable | CloudError) and error.detail:
        host, setting = _host(error.detail, env)
        yield f"  {_('host')}: {host} ({setting})"
    yield f"  {_('next')}: {_advice(error)}"


def _fields(detail: str) -> str:
    """What is wrong with a command's fields."""
    if language() == "en":
        return detail
    return "；".join(of_field(one) or one for one in detail.split("; "))


def _detail(error: ImAccessError) -> str:
    """What went wrong. In Chinese this is the problem's title, followed by the detail if it says more."""
    if language() == "en":
        return error.detail
    title = PROBLEMS[error.code].title if error.code in PROBLEMS else error.meaning.title
    return title if error.detail == error.meaning.title else f"{title}：{of_detail(error.detail) or _(error.detail)}"


def _host(detail: str, env: Mapping[str, str]) -> tuple[str, str]:
    if _OF_COS.match(detail):
        bucket, region = (
            env.get("IM_ACCESS_BUCKET", ""),
            env.get("IM_ACCESS_REGION", env.get("TENCENTCLOUD_REGION", "")),
        )
        endpoint = env.get("IM_ACCESS_COS_ENDPOINT") or f"https://{bucket}.cos.{region}.myqcloud.com"
        return urlsplit(endpoint).netloc, "IM_ACCESS_BUCKET, IM_ACCESS_REGION, IM_ACCESS_COS_ENDPOINT"
    service = "sts" if detail.startswith("GetCallerIdentity") else "cam"
    endpoint = env.get("IM_ACCESS_API_ENDPOINT") or f"https://{service}.tencentcloudapi.com"
    return urlsplit(endpoint).netloc, "IM_ACCESS_API_ENDPOINT"


def _advice(error: ImAccessError) -> str:
    if isinstance(error, Misconfigured) and not error.setting.startswith(("IM_ACCESS_", "TENCENTCLOUD_")):
        return _("Correct the profile, or name another one with --profile.")
    if isinstance(error, Misconfigured):
        return _("Set it in the environment or in the profile (--profile), or use --local with a running `local up`.")
    if isinstance(error, CloudError) and error.cloud_code in _NO_BUCKET:
        return _("Compare IM_ACCESS_BUCKET and IM_ACCESS_REGION with the bucket in the COS console.")
    if isinstance(error, CloudError) and error.cloud_code in _CLOCK:
        return _("Set the clock of this machine: signatures hold for minutes. im-access doctor says how far it is off.")
    if isinstance(error, CloudError) and error.cloud_code == "AccessDenied":
        # COS answers the same for a signature whose time is over.
        return _("Ask for this right for your keys, and look at the clock. im-access doctor says more.")
    if isinstance(error, CloudError) and error.cloud_code.startswith(_DENIED):
        return _("Ask for this right for your keys. im-access doctor says more.")
    if isinstance(error, CloudError) and error.cloud_code.startswith(_KEYS):
        return _("Set TENCENTCLOUD_SECRETID, _SECRETKEY and _SESSIONTOKEN anew.")
    if isinstance(error, Unavailable):
        look = (
            "Look at the network and the proxy (HTTPS_PROXY, NO_PROXY), then run it again. im-access doctor says more."
        )
        return _(look)
    action = PROBLEMS[error.code].action if error.code in PROBLEMS else None
    return action[0 if language() == "en" else 1] if action else _("im-access doctor says more.")


def usage(error: click.UsageError) -> Iterator[str]:
    """The lines about a command line that is wrong."""
    text = error.format_message()
    if language() == "zh":
        text = of_click(text) or text
    yield _("The command line is wrong") + ": " + text
    if error.ctx is not None:
        yield "  " + _("Try") + f": {error.ctx.command_path} --help"
