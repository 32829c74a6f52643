"""CAM and STS, with no more than their documentation promises (https://cloud.tencent.com/document/product/598)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.witness import emulated_people as people
from tests.witness import emulated_policies as policies
from tests.witness.account import OWNER, Account, Denied, Params


class _Action(NamedTuple):
    run: Callable[[Account, Params], Params]
    required: str
    optional: str = ""
    writes: bool = False


def act(account: Account, action: str, params: Params) -> Params:
    """The `Response` of a call. Raises Denied."""
    account.calls += 1
    row = _ACTIONS.get(action)
    if row is None or (action == "GetPolicy" and not account.options.get_policy):
        raise Denied("InvalidAction")
    if missing := set(row.required.split()) - params.keys():
        raise Denied(f"MissingParameter.{missing.pop()}")
    if unknown := params.keys() - set(f"{row.required} {row.optional}".split()):
        raise Denied(f"UnknownParameter.{unknown.pop()}")
    answer = row.run(account, params)
    if row.writes:
        account.wrote()
    return answer


def _caller(account: Account, _: Params) -> Params:
    more = {"UserId": "4611686:s", "Type": "CAMRole", "Arn": f"qcs::sts:{OWNER}:assumed-role/4611686"}
    return {"AccountId": OWNER} | (more if account.options.caller == "everything" else {})


_PERSON = "Remark ConsoleLogin Password NeedResetPassword PhoneNum CountryCode Email"
_ACTIONS = {
    "GetCallerIdentity": _Action(_caller, ""),
    "AddUser": _Action(people.add_user, "Name", f"{_PERSON} UseApi", writes=True),
    "GetUser": _Action(people.get_user, "Name"),
    "UpdateUser": _Action(people.update_user, "Name", _PERSON, writes=True),
    "DeleteUser": _Action(people.delete_user, "Name", "Force", writes=True),
    "ListUsers": _Action(people.list_users, ""),
    "ListGroupsForUser": _Action(people.list_groups, "SubUin", "Rp Page"),
    "ListPolicies": _Action(policies.list_policies, "", "Rp Page Scope Keyword"),
    "GetPolicy": _Action(policies.get_policy, "PolicyId"),
    "AttachUserPolicy": _Action(policies.attach, "PolicyId AttachUin", writes=True),
    "DetachUserPolicy": _Action(policies.detach, "PolicyId DetachUin", writes=True),
    "ListAttachedUserPolicies": _Action(policies.list_attached, "TargetUin", "Rp Page"),
    "ListEntitiesForPolicy": _Action(policies.list_entities, "PolicyId", "Rp Page EntityFilter"),
    "ListAccessKeys": _Action(people.list_keys, "TargetUin"),
    "CreateAccessKey": _Action(people.create_key, "TargetUin", "Description", writes=True),
    "UpdateAccessKey": _Action(people.update_key, "AccessKeyId Status TargetUin", writes=True),
    "DeleteAccessKey": _Action(people.delete_key, "AccessKeyId TargetUin", writes=True),
}
