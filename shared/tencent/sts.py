"""STS: who owns the account, and who calls."""

from __future__ import annotations

from shared.errors import OutcomeUnknown
from shared.tencent.api import Api


def owner_uin(api: Api) -> str:
    """The main account's UIN, right for every kind of caller. https://cloud.tencent.com/document/product/1312/66098"""
    uin = _caller_identity(api, "AccountId")
    if not uin.isdecimal():
        raise OutcomeUnknown("GetCallerIdentity", in_flight=False)
    return uin


def caller_uin(api: Api) -> str:
    """The UIN of the user, or the main account, whose keys these are; "" for a caller that is none, such as a role."""
    uin = _caller_identity(api, "UserId")
    return uin if uin.isdecimal() else ""


def _caller_identity(api: Api, field: str) -> str:
    return str(api.read("sts", "GetCallerIdentity", {}).get(field) or "")
