"""What each field of a command means, in two languages. Its type and the commands that have it are read from
the code.
"""

from cli.reference.text import Text

FIELDS: dict[str, Text] = {
    "user": Text(
        "name of the sub-user, `^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$`", "子用户名，`^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$`"
    ),
    "reason": Text(
        "why, at most 200 characters; kept with the request and sent in its notification, never interpreted",
        "原因，最多 200 个字符；随请求保存，并写进通知，不作任何解释",
    ),
    "ticket": Text(
        "the number of a ticket, at most 100 characters; kept like `reason`",
        "工单号，最多 100 个字符；与 `reason` 一样保存",
    ),
    "requested_by": Text(
        "who asked for it, at most 100 characters; kept like `reason`", "申请人，最多 100 个字符；与 `reason` 一样保存"
    ),
    "approved_by": Text(
        "who approved it, at most 100 characters; kept like `reason`", "批准人，最多 100 个字符；与 `reason` 一样保存"
    ),
    "policies": Text(
        "1 to 20 policy names (a restore: 0 to 20), none twice, each on the allow-list (`IM_ACCESS_POLICIES`)",
        "1 到 20 个策略名（恢复为 0 到 20 个），不能重复，都要在白名单（`IM_ACCESS_POLICIES`）里",
    ),
    "remark": Text(
        "at most 100 characters; CAM keeps the first 73, followed by the mark of the request",
        "最多 100 个字符；写入 CAM 的是前 73 个，后面跟着本次请求的标记",
    ),
    "email": Text("1 to 100 characters; a create passes it to CAM", "1 到 100 个字符；创建时原样交给 CAM"),
    "phone": Text("1 to 100 characters, passed to CAM", "1 到 100 个字符，原样交给 CAM"),
    "country_code": Text("1 to 100 characters, passed to CAM", "1 到 100 个字符，原样交给 CAM"),
    "console_login": Text("a console password and a login link", "是否要控制台密码和登录链接"),
    "api_access": Text("a SecretId and SecretKey", "是否要 SecretId 和 SecretKey"),
    "link_ttl": Text(
        "seconds that the link lives, 60 to 43200; default `IM_ACCESS_LINK_TTL`",
        "链接有效秒数，60 到 43200；默认取 `IM_ACCESS_LINK_TTL`",
    ),
    "until": Text(
        "RFC 3339, in the future when first received and at most 1,830 days ahead: the end of the access",
        "RFC 3339，首次收到时须在未来，且最多提前 1830 天：访问到此为止",
    ),
    "encrypt_to": Text(
        (
            "an age or SSH public key (`age1…`, `ssh-ed25519 …`, `ssh-rsa …`) that one person can "
            "have: the credentials file is encrypted to it"
        ),
        "age 或 SSH 公钥（`age1…`、`ssh-ed25519 …`、`ssh-rsa …`），必须是一个人能够持有的：凭证文件用它加密",
    ),
    "delete_after_days": Text(
        "days until the user is deleted, 0 to 3650; default `IM_ACCESS_DELETE_AFTER_DAYS`",
        "多少天后删除子用户，0 到 3650；默认取 `IM_ACCESS_DELETE_AFTER_DAYS`",
    ),
    "language": Text("`zh` or `en`: the language that comes first in a mail", "`zh` 或 `en`：邮件中哪种语言在前"),
    "overlap_hours": Text(
        "hours for which the newest older key still works, 0 to 168", "最新的旧密钥还能用多少小时，0 到 168"
    ),
}

VERBS: dict[str, str] = {
    "create": "创建",
    "grant": "授权",
    "revoke": "回收",
    "offboard": "离职",
    "restore": "恢复",
    "reissue": "补发",
}
"""The Chinese name of each command, by the first word of its function's name."""
