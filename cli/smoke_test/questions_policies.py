"""Questions to CAM about policies. Each function asks one question and returns what was seen, in a line."""

from __future__ import annotations

from cli.im_policies import ROLES, document
from cli.smoke_test.trial import Trial
from cli.smoke_test.trial import document as text_of

_POLICY = "QcloudIMReadOnlyAccess"


def policy_id(trial: Trial) -> int:
    """The id of IM's read-only preset."""
    rows = trial.look("ListPolicies", Scope="QCS", Keyword=_POLICY, Rp=200, Page=1).get("List") or []
    return next(int(row["PolicyId"]) for row in rows if row.get("PolicyName") == _POLICY)


def keyword_rules(trial: Trial) -> str:
    """Which keywords find the preset."""

    def finds(keyword: str) -> bool:
        rows = trial.look("ListPolicies", Scope="QCS", Keyword=keyword, Rp=200, Page=1).get("List") or []
        return any(row.get("PolicyName") == _POLICY for row in rows)

    tried = {"whole": _POLICY, "beginning": "QcloudIM", "middle": "IMReadOnly", "lower case": _POLICY.lower()}
    return ", ".join(f"{what}: {'found' if finds(word) else 'not found'}" for what, word in tried.items())


def attach_again(trial: Trial) -> str:
    """What happens if a policy is attached twice, and when it is listed."""
    id_ = policy_id(trial)
    first = trial.outcome(lambda: trial.cam("AttachUserPolicy", PolicyId=id_, AttachUin=trial.uin))
    second = trial.outcome(lambda: trial.cam("AttachUserPolicy", PolicyId=id_, AttachUin=trial.uin))
    listed = trial.until(lambda: bool(trial.look("ListAttachedUserPolicies", TargetUin=trial.uin).get("TotalNum")))
    return f"first: {first}, second: {second}, listed {listed}"


def detach_again(trial: Trial) -> str:
    """What happens if a policy is detached twice."""
    id_ = policy_id(trial)
    answers = [
        trial.outcome(lambda: trial.cam("DetachUserPolicy", PolicyId=id_, DetachUin=trial.uin)) for _ in range(2)
    ]
    return f"first: {answers[0]}, second: {answers[1]}"


def role_policies(trial: Trial) -> str:
    """Whether CAM accepts the documents of `policy build`."""
    answers = []
    for role in ROLES:
        body = text_of(document(trial.container.owner_uin(trial.api), 1400000000, role))  # type: ignore[arg-type] # of ROLES

        def create(role: str = role, body: str = body) -> None:
            answer = trial.cam("CreatePolicy", PolicyName=f"{trial.name}-{role}", PolicyDocument=body)
            trial.made.append(("policy", str(answer["PolicyId"])))

        answers.append(f"{role}: {trial.outcome(create)}")
    return ", ".join(answers)
