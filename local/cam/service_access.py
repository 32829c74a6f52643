"""The services that somebody may use, with the policies that allow it: ListPoliciesGrantingServiceAccess."""

from collections.abc import Iterable, Iterator, Mapping

from local.actions import Params
from local.cam import exceptions as errors
from local.cam.models import CamBackend, compiled
from local.cam.records import Policy
from local.cam.service import CAM

Granted = dict[str, list[Policy]]


@CAM.action("ListPoliciesGrantingServiceAccess", 20, TargetUin=int, RoleId=int, GroupId=int, ServiceType=str)
def list_policies_granting_service_access(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """For each service the policies that allow some action of it; those of a user's groups are included.

    Exactly one of TargetUin, RoleId and GroupId is given; raises ParamError. Action is always empty here.
    """
    given = [name for name in ("TargetUin", "RoleId", "GroupId") if name in params]
    if len(given) != 1:
        raise errors.ParamError("Exactly one of TargetUin, RoleId and GroupId is needed.")
    policies = held_by(cam, given[0], params.number(given[0]))
    wanted = params.text("ServiceType").lower()
    found = by_service(cam, policies)
    return {"List": [node(service, found[service]) for service in sorted(found) if wanted in ("", service)]}


def held_by(cam: CamBackend, kind: str, identity: int) -> list[Policy]:
    """The policies of a user, a role or a group; none of an unknown one, since no "not found" is documented."""
    if kind == "GroupId":
        return [policy for _, policy in cam.attached_to_group(identity, cam.lag)]
    if kind == "RoleId":
        roles = [role for role in cam.roles.lagging(cam.lag).values() if role.role_id == str(identity)]
        return [cam.policies[one] for role in roles for one in role.policy_ids if one in cam.policies]
    direct = [policy for _, policy in cam.attached_to(identity, cam.lag)]
    groups = cam.groups_of(identity, cam.lag)
    return direct + [policy for group in groups for _, policy in cam.attached_to_group(group.group_id, cam.lag)]


def by_service(cam: CamBackend, policies: Iterable[Policy]) -> Granted:
    """The policies by the services they allow; `*` allows every service that some preset policy is for."""
    everything = sorted({policy.service.lower() for policy in cam.policies.values() if policy.service})
    found: Granted = {}
    for policy in {policy.policy_id: policy for policy in policies}.values():
        for service in services(policy, everything):
            found.setdefault(service, []).append(policy)
    return found


def services(policy: Policy, everything: list[str]) -> Iterator[str]:
    """The services of which a policy allows some action."""
    named = compiled(policy.document).services()
    yield from everything if "*" in named else sorted(named)


def node(service: str, policies: list[Policy]) -> dict[str, object]:
    """One row of the answer: a service and its policies, whose ids are texts in this action."""
    return {
        "Service": {"ServiceType": service, "ServiceName": service.upper()},
        "Action": [],
        "Policy": [
            {
                "PolicyId": str(policy.policy_id),
                "PolicyName": policy.name,
                "PolicyType": "Presetting" if policy.preset else "Custom",
                "PolicyDescription": policy.description,
            }
            for policy in policies
        ],
    }
