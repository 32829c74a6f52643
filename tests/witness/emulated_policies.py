"""CAM's actions on policies."""

from __future__ import annotations

import json

from tests.witness.account import Account, Denied, Params

_DOCUMENT = {"version": "2.0", "statement": [{"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}]}


def list_policies(account: Account, params: Params) -> Params:
    """ListPolicies."""
    word = params.get("Keyword", "") if account.options.keyword else ""
    found = sorted(number for number, name in account.policies.items() if word in name)
    return _page([{"PolicyId": number, **account.described(number, listed=True)} for number in found], params)


def get_policy(account: Account, params: Params) -> Params:
    """GetPolicy."""
    number = account.policy(params["PolicyId"], "ResourceNotFound.PolicyIdNotFound")
    return account.described(number, listed=False) | {"PolicyDocument": json.dumps(_DOCUMENT).replace("/", "\\/")}


def attach(account: Account, params: Params) -> Params:
    """AttachUserPolicy."""
    person = account.one(uin=params["AttachUin"])
    number = account.policy(params["PolicyId"], "InvalidParameter.PolicyIdNotExist")
    if number in person.policies and account.options.reattach:
        raise Denied(account.options.reattach)
    person.policies.add(number)
    return {}


def detach(account: Account, params: Params) -> Params:
    """DetachUserPolicy."""
    person = account.one(uin=params["DetachUin"])
    number = account.policy(params["PolicyId"], "ResourceNotFound.PolicyIdNotFound")
    if number not in person.policies and account.options.detach_nothing:
        raise Denied(account.options.detach_nothing)
    person.policies.discard(number)
    return {}


def list_attached(account: Account, params: Params) -> Params:
    """ListAttachedUserPolicies."""
    person = account.seen(uin=params["TargetUin"])
    rows = [{"PolicyId": number, "PolicyName": account.policies[number]} for number in sorted(person.policies)]
    return _page(rows, params)


def list_entities(account: Account, params: Params) -> Params:
    """ListEntitiesForPolicy, of users."""
    number = account.policy(params["PolicyId"], "ResourceNotFound.PolicyIdNotFound")
    holders = [person for person in account.people.values() if number in person.policies]
    return _page([{"Uin": one.uin, "Name": one.name, "RelatedType": 1} for one in holders], params)


def _page(rows: list[Params], params: Params) -> Params:
    size, page = int(params.get("Rp", 20)), int(params.get("Page", 1))
    if not (1 <= size <= 200 and 1 <= page <= 200):
        raise Denied("InvalidParameter.ParamError")
    return {"TotalNum": len(rows), "List": rows[(page - 1) * size : page * size]}
