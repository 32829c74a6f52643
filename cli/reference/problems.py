"""What each problem code means and what to do about it, in English and Chinese; one row for each code."""

from typing import NamedTuple

from cli.reference.text import Text


class Problem(NamedTuple):
    """A row. The English title is in shared/errors.py; callers always get that one, whatever their language."""

    title: str
    """In Chinese, for the command line."""
    meaning: Text
    action: Text


PROBLEMS: dict[str, Problem] = {
    "malformed_json": Problem(
        "内容不是 JSON 对象",
        Text("the body is not one JSON object in UTF-8", "内容不是一个 UTF-8 的 JSON 对象"),
        Text("correct the sender", "修发送方"),
    ),
    "invalid_command": Problem(
        "命令的字段缺失、未知或取值错误",
        Text("a field is missing, unknown or bad; the detail names it", "字段缺失、未知或取值错误，detail 会指出"),
        Text("correct the sender", "修发送方"),
    ),
    "invalid_person": Problem(
        "人员信息的字段缺失、未知或取值错误",
        Text(
            "a field of a person from an HR system is missing, unknown or bad; the detail names it",
            "HR 系统发来的人员有字段缺失、未知或取值错误",
        ),
        Text("correct the sender", "修发送方"),
    ),
    "invalid_event": Problem(
        "CloudEvents 信封不合法",
        Text(
            "the CloudEvents envelope is not valid; the detail names the attribute",
            "CloudEvents 信封不合法，detail 会指出属性",
        ),
        Text("correct the sender", "修发送方"),
    ),
    "invalid_time": Problem(
        "事件时间不是 RFC 3339、早于 2020 年或在未来",
        Text(
            "`time` is not RFC 3339, before 2020, or over 5 minutes in the future",
            "`time` 不是 RFC 3339、早于 2020 年，或超前 5 分钟以上",
        ),
        Text("correct the sender or its clock", "修发送方或校准时钟"),
    ),
    "no_identity": Problem(
        "请求没有标识",
        Text("the request has no identity", "看不出是哪个请求"),
        Text("send a `webhook-id` or an envelope", "带上 `webhook-id`，或用信封"),
    ),
    "unsigned_event": Problem(
        "签名不覆盖 CloudEvents 的 binary 请求头",
        Text("`ce-*` headers where the caller signs", "签名模式下用了 `ce-*` 请求头"),
        Text("send the envelope in the body", "把信封放进请求体"),
    ),
    "wrong_type": Problem(
        "信封的 type 不属于本函数",
        Text("an envelope for another function", "信封是发给别的函数的"),
        Text("send it to that function", "发给对应的函数"),
    ),
    "no_type": Problem(
        "队列里的裸命令没有说明属于哪个函数",
        Text("a bare command on a queue", "队列里出现了裸命令"),
        Text("send an envelope, or set `IM_ACCESS_BARE_MESSAGES`", "用信封，或设置 `IM_ACCESS_BARE_MESSAGES`"),
    ),
    "unknown_type": Problem(
        "没有这种类型的命令",
        Text("a message of a type `imaccess.…` that does not exist", "消息的类型是不存在的 `imaccess.…`"),
        Text("correct the sender", "修发送方"),
    ),
    "unknown_trigger": Problem(
        "事件来自未知的触发器",
        Text("an event of no supported trigger", "事件来自不支持的触发器"),
        Text("remove that trigger", "删掉那个触发器"),
    ),
    "unauthorized": Problem(
        "签名缺失、错误或过期",
        Text("the signature is missing, wrong, or older than 5 minutes", "签名缺失、错误，或已超过 5 分钟"),
        Text("check the secret and the clock", "检查密钥和时钟"),
    ),
    "policy_not_allowed": Problem(
        "策略不在白名单",
        Text(
            ("the policy is not on the allow-list, or is never given; see [below](#what-is-never-given)"),
            "策略不在白名单，或属于[绝不授予](#绝不授予的策略)的策略",
        ),
        Text("ask for another, or extend the allow-list", "换一个策略，或扩充白名单"),
    ),
    "user_protected": Problem(
        "这个用户绝不触碰",
        Text(
            "the user is protected, is the main account, or is the function's own",
            "受保护的用户、主账号，或函数自己的用户",
        ),
        Text("do it by hand, or change `IM_ACCESS_PROTECTED_USERS`", "人工处理，或调整 `IM_ACCESS_PROTECTED_USERS`"),
    ),
    "user_not_managed": Problem(
        "用户不是由本项目创建的",
        Text("these functions did not make the user", "用户不是由这些函数创建的"),
        Text("do it by hand in the console", "在控制台人工处理"),
    ),
    "source_not_found": Problem(
        "这个地址没有连接 HR 系统",
        Text(
            "the address names no HR system, or a required setting of that system is missing",
            "地址不对应任何 HR 系统，或该系统的必填设置缺了一项",
        ),
        Text("set what the [settings](#settings) say is required", "补齐[设置](#设置)里的必填项"),
    ),
    "user_not_found": Problem(
        "没有这个子用户",
        Text("there is no such sub-user", "子用户不存在"),
        Text("create it, then send again", "先创建，再重发"),
    ),
    "method_not_allowed": Problem("只接受 POST", Text("not POST", "不是 POST"), Text("send POST", "用 POST")),
    "user_exists": Problem(
        "用户名已被占用，且不是本请求创建的",
        Text("the name belongs to a user that this request did not create", "用户名已被占用，且不是本请求创建的"),
        Text("choose another name, or grant", "换个名字，或改用授权"),
    ),
    "user_offboarded": Problem(
        "用户已离职",
        Text("the user is offboarded by an event of its life", "用户已离职"),
        Text(
            "restore the user, then send again; a create that is older than the offboard stays refused",
            "先恢复该用户，再重发；比离职更早的创建始终会被拒绝",
        ),
    ),
    "user_active": Problem(
        "用户没有离职",
        Text("a restore of a user who is not offboarded", "要恢复的用户没有离职"),
        Text(
            "nothing, or, where it came before its offboard, send again after that",
            "无需处理；若它比离职命令先到，等离职完成后再重发",
        ),
    ),
    "keys_not_own": Problem(
        "用户有一个不是本请求生成的访问密钥",
        Text(
            ("a create came again and found an access key that it did not make: somebody has helped by hand"),
            "重新执行的创建发现一个不是它生成的访问密钥：有人手工处理过",
        ),
        Text(
            "delete that key, or leave the user as it is and drop the message", "删除该密钥，或保留用户现状并丢弃此消息"
        ),
    ),
    "in_progress": Problem(
        "同一个请求正在处理",
        Text(
            "another attempt works on this very request, or another request is changing this user",
            "同一个请求正由另一次调用处理，或另一个请求正在改动该用户",
        ),
        Text("send again after `Retry-After`", "过 `Retry-After` 秒重发"),
    ),
    "credentials_gone": Problem(
        "凭证文件已被删除",
        Text("the credentials file was deleted", "凭证文件已被删除"),
        Text("give the user a new password and key in the console", "在控制台给用户重设密码、新建密钥"),
    ),
    "body_too_large": Problem(
        "请求体超过 64 KiB", Text("over 64 KiB", "超过 64 KiB"), Text("correct the sender", "修发送方")
    ),
    "identity_reused": Problem(
        "同一标识带来了不同的命令",
        Text("this identity came with another command before", "该标识之前带的是另一个命令"),
        Text("send with a new identity", "换一个标识重发"),
    ),
    "internal_error": Problem(
        "函数意外失败",
        Text("a defect of the function", "函数自身的缺陷"),
        Text("look at the log, report it, send again", "看日志、报告问题、重发"),
    ),
    "misconfigured": Problem(
        "函数配置有误",
        Text("a setting is missing or wrong; the detail names it", "某项设置缺失或有误，detail 会指出"),
        Text("correct the setting", "改正设置"),
    ),
    "policy_missing": Problem(
        "白名单里的策略不存在",
        Text("a policy of the allow-list does not exist in CAM", "白名单里的策略在 CAM 中不存在"),
        Text("create it, or take it off the list; then send again", "建好策略或移出白名单，再重发"),
    ),
    "record_unreadable": Problem(
        "存储桶中有版本未知的记录",
        Text(
            ("a record in the bucket is of a version that this one does not know; it is left as it is"),
            "存储桶中的记录版本未知，原样保留",
        ),
        Text("deploy the version that wrote it, then send again", "部署写入它的版本，再重发"),
    ),
    "details_missing": Problem(
        "事件只有人员 ID，却没有可以查询详情的凭证",
        Text(
            "an HR event has to be looked up, and the credentials for that are not set, or not where it is worked on",
            "HR 事件需要查询详情，而查询用的凭证没有设置，或处理它的地方没有设置",
        ),
        Text(
            "set the app's secret, for the sweep and the operator's command too; the sweep tries again",
            "设置应用的 Secret，定时清理和运维命令也要设；定时清理会自动重试",
        ),
    ),
    "hr_refused": Problem(
        "HR 系统拒绝了一次调用",
        Text(
            "the HR system refused a look-up; the detail names the call and its code",
            "HR 系统拒绝了一次查询，detail 给出调用和错误码",
        ),
        Text("give the app the permission or the range that is missing", "给应用补上缺少的权限或可见范围"),
    ),
    "mail_refused": Problem(
        "邮件服务器永久拒收",
        Text(
            "the mail server refused a mail for good, most often for its address", "邮件服务器永久拒收，多半是地址有误"
        ),
        Text("correct the address or the mail settings, then send again", "修正地址或邮件设置，再重发"),
    ),
    "no_rules": Problem(
        "还没有规则说明谁得到什么",
        Text(
            "an HR system tells of a person, and no rules say yet who gets what",
            "HR 系统发来人员，但还没有规则说明谁得到什么",
        ),
        Text("`im-access rules push`; then it is done by itself", "执行 `im-access rules push`，之后会自动完成"),
    ),
    "no_user_name": Problem(
        "规则没有给此人可用的用户名",
        Text(
            "no template of the rules gives this person a possible user name",
            "规则里没有一个模板能为此人给出可用的用户名",
        ),
        Text("add a template such as `{employee}`, push the rules", "增加 `{employee}` 之类的模板，再推送规则"),
    ),
    "no_recipient": Problem(
        "凭证无人可发",
        Text("a create from a queue, whose link nobody would be sent", "队列里的创建命令，链接无人可发"),
        Text("set `IM_ACCESS_NOTIFY_URL`; then send again", "设置 `IM_ACCESS_NOTIFY_URL`；再重发"),
    ),
    "cloud_error": Problem(
        "云端拒绝了调用",
        Text("the cloud refused a call; the detail names action and code", "云端拒绝了调用，detail 给出接口和错误码"),
        Text(
            "act on the code, most often a permission of the role; then send again",
            "按错误码处理，多半是角色缺权限；再重发",
        ),
    ),
    "cloud_unavailable": Problem(
        "云端限频、超时或不可用",
        Text(
            "the cloud throttles, times out or is down, or the notification was not taken",
            "云端限频、超时或不可用，或通知没有送达",
        ),
        Text("send again after `Retry-After`", "过 `Retry-After` 秒重发"),
    ),
    "hr_unavailable": Problem(
        "HR 系统限流、超时或不可用",
        Text("the HR system throttles, times out or is down", "HR 系统限流、超时或不可用"),
        Text("nothing: the event waits in the inbox and is tried again", "不用管：事件留在收件箱里，会自动重试"),
    ),
    "user_quota": Problem(
        "账号今天不能再创建用户",
        Text("the account may create no more users today", "账号今天不能再创建用户"),
        Text("verify the account, or send again tomorrow", "完成实名认证，或明天重发"),
    ),
    "out_of_time": Problem(
        "离超时太近，没有开始处理",
        Text("the time limit was too near to start this message", "离超时太近，这条消息没有开始处理"),
        Text("nothing; it comes again", "不用管，会再来"),
    ),
}
