"""Policies: ListPolicies, GetPolicy, CreatePolicy, UpdatePolicy, DeletePolicy."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from local.actions import Numbers, Params
from local.cam import exceptions as errors
from local.cam.attachments import BY_SYNTAX, kind
from local.cam.models import CamBackend
from local.cam.records import Policy
from local.cam.service import CAM, page
from local.clock import china_time
from local.policy import Document
from local.policy_syntax import PolicyError

NAME = re.compile(r"[A-Za-z0-9+=,.@_-]{1,128}")
DOCUMENT_LIMIT, DESCRIPTION_LIMIT = 6144, 300
LEVELS = {"AdministratorAccess": "Global", "QCloudResourceFullAccess": "Global", "QCloudFinanceFullAccess": "Finance"}
SCOPES = {"All": (True, False), "QCS": (True,), "Local": (False,)}


@CAM.action("ListPolicies", 20, Rp=int, Page=int, Scope=str, Keyword=str)
def list_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Policies by scope; the keyword is a part of the name, whatever its case."""
    scope = SCOPES.get(params.text("Scope", "All"))
    if scope is None:
        raise errors.ScopeError
    keyword = params.text("Keyword").lower()
    seen = cam.policies.lagging(cam.lag).values()
    found = [policy for policy in seen if policy.preset in scope and keyword in policy.name.lower()]
    found.sort(key=lambda policy: policy.policy_id)
    counts = Counts(cam)
    listed = [summary(one, counts) for one in page(found, params)]
    return {"TotalNum": len(found), "List": listed, "ServiceTypeList": []}


class Counts:
    """How many users and groups have each policy, and how many users have it as their boundary, by its id."""

    def __init__(self, cam: CamBackend) -> None:
        self.users = Counter(policy_id for _, policy_id in cam.attachments)
        self.entities = self.users + Counter(policy_id for _, policy_id in cam.group_attachments)
        self.boundaries = Counter(cam.boundaries.values())


def summary(policy: Policy, counts: Counts) -> dict[str, object]:
    """A policy as ListPolicies shows it."""
    return {
        "PolicyId": policy.policy_id,
        "PolicyName": policy.name,
        "AddTime": china_time(policy.created_at),
        "UpdateTime": china_time(policy.updated_at),
        "Type": kind(policy),
        "Description": policy.description,
        "CreateMode": BY_SYNTAX,
        "Attachments": counts.users[policy.policy_id],
        "AttachEntityCount": counts.entities[policy.policy_id],
        "AttachEntityBoundaryCount": counts.boundaries[policy.policy_id],
        "ServiceType": policy.service.lower(),
        "IsAttached": None,
        "Deactived": 0,
        "DeactivedDetail": None,
        "IsServiceLinkedPolicy": 0,
        "Tags": [],
        "PermissionLevel": LEVELS.get(policy.name, "CloudProduct"),
    }


@CAM.action("GetPolicy", 20, "PolicyId", PolicyId=int)
def get_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """One policy with its document, a JSON text in which slashes are escaped."""
    policy = cam.policies.seen(params.number("PolicyId"), cam.lag)
    if policy is None:
        raise errors.PolicyIdNotFound
    return {
        "PolicyName": policy.name,
        "Description": policy.description,
        "Type": kind(policy),
        "AddTime": china_time(policy.created_at),
        "UpdateTime": china_time(policy.updated_at),
        "PolicyDocument": policy.document.replace("/", "\\/"),
        "PresetAlias": "",
        "IsServiceLinkedRolePolicy": 0,
        "Tags": [],
    }


@CAM.action(
    "CreatePolicy", 10, "PolicyName PolicyDocument", PolicyName=str, PolicyDocument=str, Description=str, Tags=list
)
def create_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Create a custom policy. Raises PolicyNameInUse also for the name of a preset one."""
    name = params.text("PolicyName")
    if not NAME.fullmatch(name):
        raise errors.PolicyNameError
    if name in {policy.name for policy in cam.policies.values()}:
        raise errors.PolicyNameInUse
    if sum(not policy.preset for policy in cam.policies.values()) >= cam.policies_limit:
        raise errors.PolicyFull
    text, description = stored(params.text("PolicyDocument")), checked_description(params)
    policy_id, now = cam.next_policy_id(), cam.clock.now()
    cam.policies[policy_id] = Policy(policy_id, name, text, description, created_at=now, updated_at=now)
    return {"PolicyId": policy_id}


def stored(text: str) -> str:
    """The document as CAM keeps it: a single action or resource becomes a list; raises the documented errors."""
    if len(text) > DOCUMENT_LIMIT:
        raise errors.PolicyDocumentTooLong
    try:
        Document.parse(text, strict=False)
    except PolicyError as error:
        raise errors.PolicyDocumentError(str(error)) from error
    loaded = json.loads(text)
    statements = loaded["statement"] if isinstance(loaded["statement"], list) else [loaded["statement"]]
    for statement in statements:
        for name in ("action", "resource"):
            if isinstance(statement[name], str):
                statement[name] = [statement[name]]
    return json.dumps({**loaded, "statement": statements}, separators=(",", ":"), ensure_ascii=False)


def checked_description(params: Params) -> str:
    """The description, at most 300 bytes."""
    if len(params.text("Description").encode()) > DESCRIPTION_LIMIT:
        raise errors.DescriptionTooLong
    return params.text("Description")


def own(cam: CamBackend, policy_id: int) -> Policy:
    """The custom policy of this id. Raises PolicyIdNotFound, also for a preset policy, which cannot be changed."""
    policy = cam.policies.get(policy_id)
    if policy is None or policy.preset:
        raise errors.PolicyIdNotFound
    return policy


@CAM.action("UpdatePolicy", 5, "PolicyId", PolicyId=int, Description=str, PolicyDocument=str)
def update_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Change a custom policy's document or description."""
    policy = own(cam, params.number("PolicyId"))
    if "PolicyDocument" in params:
        policy = replace(policy, document=stored(params.text("PolicyDocument")))
    if "Description" in params:
        policy = replace(policy, description=checked_description(params))
    cam.policies[policy.policy_id] = replace(policy, updated_at=cam.clock.now())
    return {"PolicyId": policy.policy_id}


@CAM.action("DeletePolicy", 10, "PolicyId", PolicyId=Numbers)
def delete_policy(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Delete custom policies (PolicyId is a list) and detach them from everybody."""
    for policy in [own(cam, policy_id) for policy_id in params.numbers("PolicyId")]:
        for held in [one for one in cam.attachments if one[1] == policy.policy_id]:
            del cam.attachments[held]
        for granted in [one for one in cam.group_attachments if one[1] == policy.policy_id]:
            del cam.group_attachments[granted]
        del cam.policies[policy.policy_id]
    return {}
