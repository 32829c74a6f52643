"""STS: who owns the account, and who calls."""

from __future__ import annotations

from shared.cloud.api import Api
from shared.errors import OutcomeUnknown


def owner_uin(api: Api) -> str:
    """The main account's UIN, right for every kind of caller. https://cloud.tencent.com/document/product/1312/66098"""
    return _uin(api, "AccountId")


def caller_uin(api: Api) -> str:
    """The UIN of the user, or the main account, whose permanent keys these are."""
    return _uin(api, "UserId")


def _uin(api: Api, field: str) -> str:
    uin = str(api.read("sts", "GetCallerIdentity", {}).get(field) or "")
    if not uin.isdecimal():
        raise OutcomeUnknown("GetCallerIdentity", in_flight=False)
    return uin
