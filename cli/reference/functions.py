"""What each function does and what each notification says, in English and Chinese."""

from cli.reference.text import Text

FUNCTIONS: dict[str, Text] = {
    "create_user": Text(
        "creates a sub-user, attaches its policies, delivers its credentials", "创建子用户、绑定策略、交付凭证"
    ),
    "grant_policy": Text("attaches policies to an existing sub-user", "给已有子用户绑定策略"),
    "revoke_policy": Text("detaches policies from a sub-user", "解绑子用户的策略"),
    "offboard_user": Text(
        "closes a sub-user at once, and has it deleted after a grace", "立即关闭子用户，宽限期后删除"
    ),
    "restore_user": Text(
        "reopens a sub-user who was offboarded, with fresh credentials", "重新开通已离职的子用户，交付新的凭证"
    ),
    "reissue_credentials": Text(
        "delivers a fresh password and key; what was lost stops working", "重新交付密码和密钥，丢失的随即失效"
    ),
    "claim_credentials": Text(
        "shows a person the page on which they claim their credentials, once", "领取页面：每份凭证只能领取一次"
    ),
    "hr_events": Text(
        "takes the events of HR systems in their own form, and changes users as the rules say",
        "接收 HR 系统自己格式的事件，并落实其含义",
    ),
    "sweep": Text(
        "started by a timer, does what is due: ends (`until`), unclaimed credentials, deletions, notifications, "
        "dead letters, abandoned requests",
        "由定时器触发，处理到期的一切：到期的访问（`until`）、无人领取的凭证、删除、通知、死信、被遗弃的请求",
    ),
    "scim": Text(
        "SCIM 2.0, with which identity providers give access and take it away: [scim.md](scim.md)",
        "SCIM 2.0：身份提供商由此开通和收回权限，见 [scim.zh-CN.md](scim.zh-CN.md)",
    ),
}
"""By the function's name."""

NOTIFICATIONS: dict[str, Text] = {
    "imaccess.user.created": Text("a create is finished", "创建已完成"),
    "imaccess.policy.granted": Text("a grant is finished", "授权已完成"),
    "imaccess.policy.revoked": Text("a revoke is finished", "回收已完成"),
    "imaccess.user.offboarded": Text("an offboard is finished", "离职已完成"),
    "imaccess.user.restored": Text("a restore is finished", "恢复已完成"),
    "imaccess.credentials.reissued": Text("a reissue is finished", "补发已完成"),
    "imaccess.credentials.claimed": Text("somebody has picked the credentials up", "有人领取了凭证"),
    "imaccess.credentials.refused": Text(
        "another browser wanted credentials that were picked up already", "另一个浏览器想打开已被领取的凭证"
    ),
    "imaccess.credentials.disputed": Text(
        "somebody said that it was not them who picked the credentials up", "有人声明凭证不是本人领取的"
    ),
    "imaccess.credentials.unclaimed": Text("nobody has picked the credentials up in time", "凭证逾期无人领取"),
    "imaccess.sweep.stopped": Text(
        "the sweep met more users than `IM_ACCESS_SWEEP_LIMIT`, or new rules would take from more people than "
        "`IM_ACCESS_PEOPLE_BRAKE`, and it changed none",
        "用户超过 `IM_ACCESS_SWEEP_LIMIT`，或新规则要从超过 `IM_ACCESS_PEOPLE_BRAKE` 个人收回，没有改动任何人",
    ),
    "imaccess.drift.found": Text(
        "CAM has what the records do not say: an offboarded user was given something by hand, and `taken` says whether "
        "it was taken away again; or the daily comparison (`IM_ACCESS_DRIFT`) has news",
        "CAM 中的与记录不符：有人手工给了离职用户什么，`taken` 表示是否已收回；或每日对照（`IM_ACCESS_DRIFT`）有新发现",
    ),
    "imaccess.scim.stopped": Text(
        "one request would have taken a policy from more than `IM_ACCESS_SCIM_BRAKE` members, and was refused",
        "一次 SCIM 请求会从超过 `IM_ACCESS_SCIM_BRAKE` 个成员收回策略，已被拒绝",
    ),
    "imaccess.user.deleted": Text("an offboarded user was deleted", "离职用户已被删除"),
}
"""By the event's type: when it is sent."""
