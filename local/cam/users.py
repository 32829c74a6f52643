"""Changes to sub-users: AddUser, UpdateUser, DeleteUser."""

import re
from collections.abc import Mapping
from dataclasses import replace

from local.actions import Params
from local.cam import exceptions as errors
from local.cam import keys, passwords
from local.cam.models import CamBackend
from local.cam.records import User
from local.cam.service import CAM
from local.policy import Ask

NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff_+=,.!@-]{1,64}")
FIRST_UID = 1_000_000
DAY = 86_400


@CAM.action(
    "AddUser", 20, "Name", Name=str, Remark=str, ConsoleLogin=int, UseApi=int, Password=str, NeedResetPassword=int,
    PhoneNum=str, CountryCode=str, Email=str,
)  # fmt: skip
def add_user(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Create a sub-user. A password or key that was not asked for is an empty text; SecretKey is only shown here."""
    name = params.text("Name")
    password, shown = new_password(cam, params)
    wants_key = flag(params, "UseApi")
    admit(cam, name)
    user = profile(User(0, 0, name, cam.clock.now(), password=password), params)
    uin = cam.next_uin(name)
    uid = FIRST_UID + uin - int(cam.accounts.owner_uin)
    cam.users[name] = replace(user, uin=uin, uid=uid)
    cam.creations.append(cam.clock.now())
    key = keys.make(cam, uin, "").credentials() if wants_key else None
    return {
        "Uin": uin,
        "Name": name,
        "Password": shown,
        "SecretId": key.secret_id if key else "",
        "SecretKey": key.secret_key if key else "",
        "Uid": uid,
        "PhoneNumVerifyLink": "",
    }


def admit(cam: CamBackend, name: str) -> None:
    """Raise unless a user of this name may be created now."""
    if not NAME.fullmatch(name):
        raise errors.UserNameIllegal
    if name in cam.users:
        raise errors.SubUserNameInUse
    if len(cam.users) >= cam.users_limit:
        raise errors.SubUserFull
    while cam.creations and cam.creations[0] <= cam.clock.now() - DAY:
        cam.creations.popleft()
    if cam.creations_per_day is not None and len(cam.creations) >= cam.creations_per_day:
        raise errors.CreateUserLimit


def flag(params: Params, name: str, default: bool = False) -> bool:
    """A switch of 0 or 1; raises ParamError."""
    if params.number(name, int(default)) not in (0, 1):
        raise errors.ParamError(f"{name} is 0 or 1.")
    return params.number(name, int(default)) == 1


def new_password(cam: CamBackend, params: Params) -> tuple[str, str]:
    """A new user's password, and the one in the answer: empty for a given password, unless ``echo_password``."""
    if not flag(params, "ConsoleLogin"):
        return "", ""
    if not params.text("Password"):
        generated = passwords.generate(cam.accounts.key_generator)
        return generated, generated
    given = passwords.check(params.text("Password"))
    return given, given if cam.echo_password else ""


def profile(user: User, params: Params) -> User:
    """A copy of the user with those of remark, phone, mail and so on that the call gives."""
    return replace(
        user,
        remark=params.text("Remark", user.remark),
        console_login=flag(params, "ConsoleLogin", user.console_login),
        need_reset_password=flag(params, "NeedResetPassword", user.need_reset_password),
        phone=params.text("PhoneNum", user.phone),
        country_code=params.text("CountryCode", user.country_code),
        email=params.text("Email", user.email),
    )


def existing(cam: CamBackend, name: str, lag: float = 0.0) -> User:
    """The user of this name; raises UserNotExist."""
    user = cam.users.seen(name, lag)
    if user is None:
        raise errors.UserNotExist
    return user


@CAM.action(
    "UpdateUser", 20, "Name", Name=str, Remark=str, ConsoleLogin=int, Password=str, NeedResetPassword=int,
    PhoneNum=str, CountryCode=str, Email=str,
)  # fmt: skip
def update_user(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Change a sub-user. Console login without a password sets a random one that is never shown.

    Source: https://cloud.tencent.com/document/product/598/34583.
    """
    user = profile(existing(cam, params.text("Name")), params)
    if user.console_login and params.text("Password"):
        user = replace(user, password=passwords.check(params.text("Password")))
    elif user.console_login and "ConsoleLogin" in params:
        user = replace(user, password=passwords.generate(cam.accounts.key_generator))
    cam.users[user.name] = user
    return {}


@CAM.action("DeleteUser", 20, "Name", Name=str, Force=int)
def delete_user(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Delete a sub-user, its policies and memberships. One with keys needs Force, and a caller who may delete keys.

    Source: https://www.tencentcloud.com/document/product/598/32261.
    """
    user = existing(cam, params.text("Name"))
    held = cam.keys_of(user.name)
    if held and not flag(params, "Force"):
        raise errors.HaveKeys
    if held and not params.caller.permits(Ask("cam:DeleteApiKey")):
        raise errors.DeleteApiKeyDenied
    for key in held:
        del cam.keys[key.access_key_id]
    detach_everywhere(cam, user.uin)
    del cam.users[user.name]
    return {}


def detach_everywhere(cam: CamBackend, uin: int) -> None:
    """Take away a user's policies, groups and boundary."""
    for attachment in cam.attachments.of(uin):
        del cam.attachments[uin, attachment.policy_id]
    for membership in cam.memberships.of(uin):
        del cam.memberships[membership.group_id, uin]
    if uin in cam.boundaries:
        del cam.boundaries[uin]
