"""What no document settles, in the order in which it can be asked; each answer is recorded with its date."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from cli.im_policies import ROLES, document
from cli.trial import OBJECTS, Trial
from cli.trial import document as text_of
from shared.credentials.csv_file import new_password
from shared.secret import Secret
from shared.tencent.http import Call, limits

_POLICY = "QcloudIMReadOnlyAccess"
_WRITERS = 20


class Question(NamedTuple):
    """A stable word, what is asked, and how."""

    id: str
    text: str
    ask: Callable[[Trial], str]


def user_appears(trial: Trial) -> str:
    """AddUser, and GetUser until it shows the user."""
    trial.made.append(("user", trial.name))
    password = new_password()
    answer = trial.cam("AddUser", Name=trial.name, Remark="im-access smoke", ConsoleLogin=1, UseApi=0,
                       Password=password.reveal(), NeedResetPassword=1)  # fmt: skip
    trial.uin = int(answer["Uin"])
    echoed = "the password is told back" if answer.get("Password") else "no password is told back"
    return f"{trial.until(lambda: bool(trial.look('GetUser', Name=trial.name).get('Uin')))}; {echoed}"


def name_in_use(trial: Trial) -> str:
    """The same name again."""
    return trial.said(lambda: trial.cam("AddUser", Name=trial.name, Remark="im-access smoke"))


def name_case(trial: Trial) -> str:
    """GetUser with another case."""
    return trial.said(lambda: trial.look("GetUser", Name=trial.name.upper()))


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
    """Attach twice, and when it is listed."""
    id_ = policy_id(trial)
    first = trial.said(lambda: trial.cam("AttachUserPolicy", PolicyId=id_, AttachUin=trial.uin))
    second = trial.said(lambda: trial.cam("AttachUserPolicy", PolicyId=id_, AttachUin=trial.uin))
    listed = trial.until(lambda: bool(trial.look("ListAttachedUserPolicies", TargetUin=trial.uin).get("TotalNum")))
    return f"first: {first}, second: {second}, listed {listed}"


def detach_again(trial: Trial) -> str:
    """Detach twice."""
    id_ = policy_id(trial)
    answers = [trial.said(lambda: trial.cam("DetachUserPolicy", PolicyId=id_, DetachUin=trial.uin)) for _ in range(2)]
    return f"first: {answers[0]}, second: {answers[1]}"


def key_appears(trial: Trial) -> str:
    """A key: when it is listed, and when it works."""
    key = trial.cam("CreateAccessKey", TargetUin=trial.uin, Description="im-access-smoke")["AccessKey"]
    trial.key = str(key["AccessKeyId"]), Secret(str(key["SecretAccessKey"]))
    own = trial.key[0]

    def listed() -> bool:
        rows = trial.look("ListAccessKeys", TargetUin=trial.uin).get("AccessKeys") or []
        return any(row["AccessKeyId"] == own for row in rows)

    call = trial.caller_of(trial.key)
    return f"listed {trial.until(listed)}, works {trial.until(lambda: trial.said(call) == 'success')}"


def delete_with_key(trial: Trial) -> str:
    """DeleteUser without force while there is a key."""
    return trial.said(lambda: trial.cam("DeleteUser", Name=trial.name, Force=0))


def key_switched_off(trial: Trial) -> str:
    """How long a key still works after it was set to Inactive."""
    assert trial.key is not None  # noqa: S101 - for the type checker: the key was made before
    call = trial.caller_of(trial.key)
    params = {"AccessKeyId": trial.key[0], "Status": "Inactive", "TargetUin": trial.uin}
    trial.cam("UpdateAccessKey", **params)
    refused = trial.until(lambda: trial.said(call) != "success")
    return f"refused {refused}: {trial.said(call)}"


def active_key_deleted(trial: Trial) -> str:
    """Whether a key that works may be deleted."""
    assert trial.key is not None  # noqa: S101 - as above
    id_, uin = trial.key[0], trial.uin
    trial.cam("UpdateAccessKey", AccessKeyId=id_, Status="Active", TargetUin=uin)
    answer = trial.said(lambda: trial.cam("DeleteAccessKey", AccessKeyId=id_, TargetUin=uin))
    again = trial.said(lambda: trial.cam("DeleteAccessKey", AccessKeyId=id_, TargetUin=uin))
    return f"{answer}; again: {again}"


def login_closed(trial: Trial) -> str:
    """UpdateUser with ConsoleLogin 0, twice."""
    answers = [trial.said(lambda: trial.cam("UpdateUser", Name=trial.name, ConsoleLogin=0)) for _ in range(2)]
    rows = trial.look("ListUsers").get("Data") or []
    shown = next((row.get("ConsoleLogin") for row in rows if row.get("Name") == trial.name), None)
    return f"{answers[0]}, again: {answers[1]}; shown as {shown!r}"


def role_policies(trial: Trial) -> str:
    """Whether CAM takes the documents of `policy build`."""
    told = []
    for role in ROLES:
        body = text_of(document(trial.container.owner_uin(trial.api), 1400000000, role))  # type: ignore[arg-type] # of ROLES

        def create(role: str = role, body: str = body) -> None:
            answer = trial.cam("CreatePolicy", PolicyName=f"{trial.name}-{role}", PolicyDocument=body)
            trial.made.append(("policy", str(answer["PolicyId"])))

        told.append(f"{role}: {trial.said(create)}")
    return ", ".join(told)


def cam_zone(trial: Trial) -> str:
    """In which zone CAM writes its times."""
    rows = trial.look("ListUsers").get("Data") or []
    shown = next((str(row.get("CreateTime")) for row in rows if row.get("Name") == trial.name), "")
    return f"CreateTime {shown}, and it is {trial.console.clock.now():.0f} by this machine's clock"


def create_only(trial: Trial) -> str:
    """What a second write with x-cos-forbid-overwrite is answered, and If-None-Match alone."""
    key = f"{OBJECTS}{trial.name}/once"
    trial.made.append(("object", key))
    first = trial.put(key, b"1", x_cos_forbid_overwrite="true")
    second = trial.put(key, b"2", x_cos_forbid_overwrite="true")
    return f"first: {first}, second: {second}, If-None-Match: {trial.put(key, b'3', if_none_match='*')}"


def create_only_together(trial: Trial) -> str:
    """How many of many writers at once win."""
    key = f"{OBJECTS}{trial.name}/together"
    trial.made.append(("object", key))
    answers: list[str] = []

    def write(place: int) -> None:
        answers.append(trial.put(key, str(place).encode(), x_cos_forbid_overwrite="true"))

    threads = [threading.Thread(target=write, args=(place,)) for place in range(_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ", ".join(f"{answers.count(one)} times {one}" for one in sorted(set(answers)))


def delete_missing(trial: Trial) -> str:
    """What deleting an object that is not there is answered."""
    answer = trial.bucket.call("DeleteObject", "DELETE", f"{OBJECTS}{trial.name}/never")
    return str(answer.status)


def own_token(trial: Trial) -> str:
    """Whether the caller's own keys are temporary. How long a function's live, no call tells."""
    temporary = bool(trial.container.credentials().token)
    return "temporary" if temporary else "permanent; a role's can be seen by a function alone"


def patch_arrives(trial: Trial, url: str) -> str:
    """Whether a Function URL lets PATCH through to the function."""
    call = Call("PATCH", "PATCH", f"{url.rstrip('/')}/Users/none", {"content-type": "application/scim+json"}, b"{}")
    answer = trial.container.instance.http.send(call, limits(trial.container.deadline()))
    return f"{answer.status}; WWW-Authenticate {'is there' if 'www-authenticate' in answer.headers else 'is not there'}"


def name_again(trial: Trial) -> str:
    """Whether the name of a deleted user is free, and whose UIN it then has."""
    old = trial.uin
    trial.cam("DeleteUser", Name=trial.name, Force=0)
    gone = trial.until(lambda: trial.said(lambda: trial.look("GetUser", Name=trial.name)) != "success")
    answer = trial.cam("AddUser", Name=trial.name, Remark="im-access smoke")
    return f"gone {gone}; again: success, {'another' if int(answer['Uin']) != old else 'the same'} UIN"


QUESTIONS = (
    Question("user_appears", "When does GetUser show a new user? Is the password told back?", user_appears),
    Question("name_in_use", "What is AddUser with a name that is taken answered?", name_in_use),
    Question("name_case", "Is a name in another case another name?", name_case),
    Question("keyword_rules", "Which keywords of ListPolicies find a policy?", keyword_rules),
    Question("attach_again", "What is a repeated attach answered, and when is it listed?", attach_again),
    Question("detach_again", "What is a repeated detach answered?", detach_again),
    Question("key_appears", "When is a new key listed, and when does it work?", key_appears),
    Question("delete_with_key", "What is DeleteUser answered while there is a key?", delete_with_key),
    Question("key_switched_off", "How long does a key work after it was switched off?", key_switched_off),
    Question("active_key_deleted", "May a key that works be deleted? And again?", active_key_deleted),
    Question("login_closed", "What is closing console login answered, and how is it shown?", login_closed),
    Question("role_policies", "Does CAM take the documents of `policy build`?", role_policies),
    Question("cam_zone", "In which zone are CAM's times?", cam_zone),
    Question("create_only", "What is a second create-only write answered?", create_only),
    Question("create_only_together", "How many of 20 create-only writers at once win?", create_only_together),
    Question("delete_missing", "What is deleting a missing object answered?", delete_missing),
    Question("own_token", "Are these keys temporary, and for how long?", own_token),
    Question("name_again", "Is the name of a deleted user free again?", name_again),
)
