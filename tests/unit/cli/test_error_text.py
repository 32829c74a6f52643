"""Errors as an operator reads them: what is wrong, where, and what to do, in the operator's language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cli.language import speak
from cli.terminal.error_text import lines_of
from shared.errors import CloudError, Conflict, ImAccessError, Misconfigured, Unavailable


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    yield
    speak("en")


@pytest.mark.parametrize(
    ("error", "does"),
    [
        (CloudError("ListUsers", "AuthFailure.SignatureExpire"), "Set the clock of this machine"),
        (CloudError("cos:ListObjects", "RequestTimeTooSkewed"), "Set the clock of this machine"),
        (CloudError("cos:ListObjects", "AccessDenied"), "Ask for this right for your keys, and look at the clock"),
        (CloudError("ListUsers", "AuthFailure.UnauthorizedOperation"), "Ask for this right for your keys."),
        (CloudError("ListUsers", "AuthFailure.SignatureFailure"), "Set TENCENTCLOUD_SECRETID"),
        (CloudError("cos:ListObjects", "NoSuchBucket"), "Compare IM_ACCESS_BUCKET and IM_ACCESS_REGION"),
        (Unavailable("ListUsers got no answer"), "Look at the network"),
        (Misconfigured("IM_ACCESS_BUCKET", "is required"), "Set it in the environment or in the profile"),
        (Conflict("user_offboarded"), "restore the user, then send again"),
    ],
)
def test_the_advice_is_for_what_is_wrong(error: ImAccessError, does: str) -> None:
    """A clock that is off is not told as wrong keys, nor wrong keys as a missing right."""
    assert list(lines_of(error, {}))[-1].startswith(f"  next: {does}")


def test_the_host_is_the_one_that_was_called() -> None:
    """Who calls is asked of STS, which has a host of its own."""
    lines = list(lines_of(Unavailable("GetCallerIdentity got no answer"), {}))
    assert lines[1] == "  host: sts.tencentcloudapi.com (IM_ACCESS_API_ENDPOINT)"
    assert "cam.tencentcloudapi.com" in list(lines_of(Unavailable("GetUser got no answer"), {}))[1]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Unavailable("ListUsers got no answer"), "云端限频、超时或不可用：ListUsers 没有应答"),
        (CloudError("ListUsers", "AuthFailure.X"), "云端拒绝了调用：ListUsers：AuthFailure.X"),
        (Misconfigured("IM_ACCESS_BUCKET", "is required"), "函数配置有误：IM_ACCESS_BUCKET 必须设置"),
        (
            Misconfigured("IM_ACCESS_NOTIFY_SECRET", "is required with IM_ACCESS_NOTIFY_URL"),
            "函数配置有误：设置了 IM_ACCESS_NOTIFY_URL 时必须设置 IM_ACCESS_NOTIFY_SECRET",
        ),
    ],
)
def test_details_are_chinese_too(error: ImAccessError, line: str) -> None:
    """What an operator meets most has no English half."""
    speak("zh")
    assert next(lines_of(error, {})) == f"{error.code}: {line}"
