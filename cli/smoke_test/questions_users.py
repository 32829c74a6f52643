"""Questions to CAM about users and their keys. Each function asks one question and returns what was seen, in a line."""

from __future__ import annotations

from cli.smoke_test.trial import Trial
from shared.credentials.csv_file import new_password
from shared.secret import Secret


def user_appears(trial: Trial) -> str:
    """When GetUser shows a user after AddUser."""
    trial.made.append(("user", trial.name))
    password = new_password()
    answer = trial.cam("AddUser", Name=trial.name, Remark="im-access smoke", ConsoleLogin=1, UseApi=0,
                       Password=password.reveal(), NeedResetPassword=1)  # fmt: skip
    trial.uin = int(answer["Uin"])
    echoed = "the password is told back" if answer.get("Password") else "no password is told back"
    return f"{trial.until(lambda: bool(trial.look('GetUser', Name=trial.name).get('Uin')))}; {echoed}"


def name_in_use(trial: Trial) -> str:
    """The answer to AddUser with the name of an existing user."""
    return trial.outcome(lambda: trial.cam("AddUser", Name=trial.name, Remark="im-access smoke"))


def name_case(trial: Trial) -> str:
    """Whether GetUser finds a name in another case."""
    return trial.outcome(lambda: trial.look("GetUser", Name=trial.name.upper()))


def login_closed(trial: Trial) -> str:
    """The answers to UpdateUser with ConsoleLogin 0, sent twice."""
    answers = [trial.outcome(lambda: trial.cam("UpdateUser", Name=trial.name, ConsoleLogin=0)) for _ in range(2)]
    rows = trial.look("ListUsers").get("Data") or []
    shown = next((row.get("ConsoleLogin") for row in rows if row.get("Name") == trial.name), None)
    return f"{answers[0]}, again: {answers[1]}; shown as {shown!r}"


def cam_zone(trial: Trial) -> str:
    """The time zone in which CAM writes its times."""
    rows = trial.look("ListUsers").get("Data") or []
    shown = next((str(row.get("CreateTime")) for row in rows if row.get("Name") == trial.name), "")
    return f"CreateTime {shown}, and it is {trial.console.clock.now():.0f} by this machine's clock"


def key_appears(trial: Trial) -> str:
    """When a new key is listed, and when it works."""
    key = trial.cam("CreateAccessKey", TargetUin=trial.uin, Description="im-access-smoke")["AccessKey"]
    trial.key = str(key["AccessKeyId"]), Secret(str(key["SecretAccessKey"]))
    own = trial.key[0]

    def listed() -> bool:
        rows = trial.look("ListAccessKeys", TargetUin=trial.uin).get("AccessKeys") or []
        return any(row["AccessKeyId"] == own for row in rows)

    call = trial.caller_of(trial.key)
    return f"listed {trial.until(listed)}, works {trial.until(lambda: trial.outcome(call) == 'success')}"


def delete_with_key(trial: Trial) -> str:
    """The answer to DeleteUser without Force while the user has a key."""
    return trial.outcome(lambda: trial.cam("DeleteUser", Name=trial.name, Force=0))


def key_switched_off(trial: Trial) -> str:
    """How long a key still works after it was set to Inactive."""
    assert trial.key is not None  # noqa: S101 - for the type checker: the key was made before
    call = trial.caller_of(trial.key)
    params = {"AccessKeyId": trial.key[0], "Status": "Inactive", "TargetUin": trial.uin}
    trial.cam("UpdateAccessKey", **params)
    refused = trial.until(lambda: trial.outcome(call) != "success")
    return f"refused {refused}: {trial.outcome(call)}"


def active_key_deleted(trial: Trial) -> str:
    """Whether an active key may be deleted."""
    assert trial.key is not None  # noqa: S101 - as above
    id_, uin = trial.key[0], trial.uin
    trial.cam("UpdateAccessKey", AccessKeyId=id_, Status="Active", TargetUin=uin)
    answer = trial.outcome(lambda: trial.cam("DeleteAccessKey", AccessKeyId=id_, TargetUin=uin))
    again = trial.outcome(lambda: trial.cam("DeleteAccessKey", AccessKeyId=id_, TargetUin=uin))
    return f"{answer}; again: {again}"


def name_again(trial: Trial) -> str:
    """Whether the name of a deleted user is free, and whose UIN it then has."""
    old = trial.uin
    trial.cam("DeleteUser", Name=trial.name, Force=0)
    gone = trial.until(lambda: trial.outcome(lambda: trial.look("GetUser", Name=trial.name)) != "success")
    answer = trial.cam("AddUser", Name=trial.name, Remark="im-access smoke")
    return f"gone {gone}; again: success, {'another' if int(answer['Uin']) != old else 'the same'} UIN"
