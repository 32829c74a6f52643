"""CAM's actions on users and their keys."""

from __future__ import annotations

import secrets

from tests.witness.account import Account, Denied, Params, Person


def add_user(account: Account, params: Params) -> Params:
    """AddUser: a key comes with it where one is asked for."""
    name, password = params["Name"], params.get("Password", "")
    if name in account.people:
        raise Denied("InvalidParameter.SubUserNameInUse")
    _check(password)
    person = account.new(name, params.get("Remark", ""), password, login=bool(params.get("ConsoleLogin")))
    key = _new_key(person) if params.get("UseApi") else ("", "")
    told = password if account.options.echo else ""
    shown = {"Uin": account.number(person.uin), "Name": name, "Password": told}
    return shown | {"SecretId": key[0], "SecretKey": key[1], "Uid": 1}


def get_user(account: Account, params: Params) -> Params:
    """GetUser, by name alone."""
    try:
        person = account.seen(name=params["Name"])
    except Denied:
        if account.options.empty_nobody:
            return {"Uin": account.number(0), "Name": "", "Remark": "", "ConsoleLogin": 0}
        raise
    shown = {"Uin": account.number(person.uin), "Name": person.name, "Remark": person.remark}
    return shown | {"ConsoleLogin": int(person.login)}


def update_user(account: Account, params: Params) -> Params:
    """UpdateUser."""
    person = account.one(name=params["Name"])
    _check(params.get("Password", ""))
    person.password = params.get("Password", person.password)
    person.login = bool(params.get("ConsoleLogin", person.login))
    return {}


def delete_user(account: Account, params: Params) -> Params:
    """DeleteUser, of one without keys."""
    person = account.one(name=params["Name"])
    if person.keys and not params.get("Force"):
        raise Denied("OperationDenied.HaveKeys")
    del account.people[person.name]
    return {}


def list_users(account: Account, _: Params) -> Params:
    """ListUsers: all of them at once."""
    rows = [get_user(account, {"Name": name}) for name in account.people]
    return {"Data": rows}


def list_groups(account: Account, params: Params) -> Params:
    """ListGroupsForUser."""
    groups = account.seen(uin=params["SubUin"]).groups
    return {"TotalNum": len(groups), "GroupInfo": [{"GroupId": 7, "GroupName": name} for name in groups]}


def list_keys(account: Account, params: Params) -> Params:
    """ListAccessKeys, without their secrets."""
    person = account.seen(uin=params["TargetUin"])
    return {"AccessKeys": [_described(account, person, one) for one in person.keys] or None}


def create_key(account: Account, params: Params) -> Params:
    """CreateAccessKey, which alone shows the secret."""
    person = account.one(uin=params["TargetUin"])
    if len(person.keys) >= 2:
        raise Denied("OperationDenied.AccessKeyOverLimit")
    secret_id, secret = _new_key(person)
    person.descriptions[secret_id] = params.get("Description", "")
    return {"AccessKey": {"AccessKeyId": secret_id, "SecretAccessKey": secret, "Status": "Active"}}


def update_key(account: Account, params: Params) -> Params:
    """UpdateAccessKey."""
    person = _owner(account, params)
    change = person.inactive.add if params["Status"] == "Inactive" else person.inactive.discard
    change(params["AccessKeyId"])
    return {}


def delete_key(account: Account, params: Params) -> Params:
    """DeleteAccessKey; as in the console, only of a key that is switched off."""
    person = _owner(account, params)
    if params["AccessKeyId"] not in person.inactive:
        raise Denied("FailedOperation.Accesskey")
    del person.keys[params["AccessKeyId"]]
    person.inactive.remove(params["AccessKeyId"])
    return {}


def _described(account: Account, person: Person, secret_id: str) -> Params:
    told, text = account.options.descriptions, person.descriptions.get(secret_id, "")
    shown = {"Description": text} if told == "always" or (told == "if any" and text) else {}
    return {"AccessKeyId": secret_id, "Status": "Inactive" if secret_id in person.inactive else "Active", **shown}


def _owner(account: Account, params: Params) -> Person:
    person = account.one(uin=params["TargetUin"])
    if params["AccessKeyId"] not in person.keys:
        raise Denied("ResourceNotFound.SecretNotExist")
    return person


def _new_key(person: Person) -> tuple[str, str]:
    secret_id, secret = f"AKID{secrets.token_hex(16)}", secrets.token_hex(16)
    person.keys[secret_id] = secret
    return secret_id, secret


def _check(password: str) -> None:
    kinds = (str.isupper, str.islower, str.isdigit, lambda one: not one.isalnum())
    if password and (len(password) < 8 or len(password) > 32 or not all(any(map(kind, password)) for kind in kinds)):
        raise Denied("InvalidParameter.PasswordViolatedRules")
