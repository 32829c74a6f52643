"""The policies of a user, directly and through groups: ListAttachedUserAllPolicies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.attachments import BY_SYNTAX, CUSTOM, PRESET, kind
from local.cam.models import CamBackend
from local.cam.records import Group, Policy
from local.cam.service import CAM, page
from local.clock import china_time

ALL, DIRECT, BY_GROUP = 0, 1, 2


@dataclass
class Row:
    """A policy that a user has: since when, and through which groups."""

    policy: Policy
    since: float
    groups: list[Group] = field(default_factory=list)


@CAM.action(
    "ListAttachedUserAllPolicies", 5, "TargetUin Rp Page AttachType", TargetUin=int, Rp=int, Page=int, AttachType=int,
    StrategyType=int, Keyword=str,
)  # fmt: skip
def list_attached_user_all_policies(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The policies of a user: AttachType 0 all, 1 directly attached ones, 2 those of its groups.

    Source: https://cloud.tencent.com/document/product/598/67728. Whether a policy that is held both ways has one row or
    two is not documented; ``two_rows`` decides.
    """
    attach_type, strategy = params.number("AttachType"), params.number("StrategyType")
    if attach_type not in (ALL, DIRECT, BY_GROUP) or strategy not in (0, CUSTOM, PRESET):
        raise errors.ParamError
    uin, keyword = params.number("TargetUin"), params.text("Keyword").lower()
    if cam.find_user(uin, cam.lag) is None:
        raise errors.UserNotExist
    found = [
        row
        for row in rows(cam, uin, attach_type)
        if strategy in (0, kind(row.policy)) and keyword in row.policy.name.lower()
    ]
    return {"TotalNum": len(found), "PolicyList": [shown(row) for row in page(found, params)]}


def rows(cam: CamBackend, uin: int, attach_type: int) -> list[Row]:
    """The rows of the list that AttachType asks for."""
    direct = list(direct_rows(cam, uin)) if attach_type != BY_GROUP else []
    inherited = group_rows(cam, uin) if attach_type != DIRECT else {}
    if not cam.two_rows:
        for row in direct:
            also = inherited.pop(row.policy.policy_id, None)
            row.groups = also.groups if also else []
    return [*direct, *inherited.values()]


def direct_rows(cam: CamBackend, uin: int) -> Iterator[Row]:
    """A row for each policy that is attached to the user."""
    for attachment, policy in cam.attached_to(uin, cam.lag):
        yield Row(policy, attachment.attached_at)


def group_rows(cam: CamBackend, uin: int) -> dict[int, Row]:
    """A row for each policy of the user's groups, by its id."""
    found: dict[int, Row] = {}
    for group in cam.groups_of(uin, cam.lag):
        for attachment, policy in cam.attached_to_group(group.group_id, cam.lag):
            found.setdefault(policy.policy_id, Row(policy, attachment.attached_at)).groups.append(group)
    return found


def shown(row: Row) -> dict[str, object]:
    """A row of the answer; the policy's id is a text in this action."""
    return {
        "PolicyId": str(row.policy.policy_id),
        "PolicyName": row.policy.name,
        "Description": row.policy.description,
        "AddTime": china_time(row.since),
        "StrategyType": str(kind(row.policy)),
        "CreateMode": str(BY_SYNTAX),
        "Groups": [{"GroupId": group.group_id, "GroupName": group.name} for group in row.groups],
        "Deactived": 0,
        "DeactivedDetail": [],
    }
