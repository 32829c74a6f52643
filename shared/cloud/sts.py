"""STS: who owns the account."""

from __future__ import annotations

from shared.cloud.api import Api
from shared.errors import OutcomeUnknown


def owner_uin(api: Api) -> str:
    """The main account's UIN, right for every kind of caller. https://cloud.tencent.com/document/product/1312/66098"""
    account = str(api.read("sts", "GetCallerIdentity", {}).get("AccountId") or "")
    if not account.isdecimal():
        raise OutcomeUnknown("GetCallerIdentity", in_flight=False)
    return account
