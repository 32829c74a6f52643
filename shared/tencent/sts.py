"""STS: the UIN of the account's owner, and the UIN of the caller."""

from __future__ import annotations

from shared.errors import OutcomeUnknown
from shared.tencent.api import Api


def owner_uin(api: Api) -> str:
    """The UIN of the main account, for every kind of caller. https://cloud.tencent.com/document/product/1312/66098"""
    uin = _caller_identity(api, "AccountId")
    if not uin.isdecimal():
        raise OutcomeUnknown("GetCallerIdentity", in_flight=False)
    return uin


def caller_uin(api: Api) -> str:
    """The UIN of the user or main account that owns the keys; "" for a role or anything else."""
    uin = _caller_identity(api, "UserId")
    return uin if uin.isdecimal() else ""


def _caller_identity(api: Api, field: str) -> str:
    return str(api.read("sts", "GetCallerIdentity", {}).get(field) or "")
