"""The command's texts in Chinese, by their English. A test holds that each text of the code is here."""

from __future__ import annotations

CHINESE: dict[str, str] = {
    # of every command
    "Usage: ": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Example:": "示例：",
    "for machines": "供程序读取（JSON）",
    "settings, one NAME=value a line": "配置文件，每行一个 NAME=value",
    "use the running local cloud": "使用正在运行的本地云",
    "of its gateway, if not 8080": "本地云网关的端口，默认 8080",
    "this text": "显示本帮助",
    "do not ask": "不询问，直接执行",
    "show what would be done, change nothing": "只显示将要做什么，不作任何更改",
    "the version": "版本",
    "Look after im-access. Settings and credentials come from the environment, as for the functions.": (
        "运维 im-access。设置和密钥来自环境变量，与云函数相同。"
    ),
    # what goes wrong
    "The command line is wrong": "命令行有误",
    "Try": "请看",
    "host": "主机",
    "next": "下一步",
    "Set it in the environment or in the profile (--profile), or use --local with a running `local up`.": (
        "请在环境变量或配置文件（--profile）中设置；若 `local up` 正在运行，可用 --local。"
    ),
    "Ask for this right for your keys. im-access doctor says more.": (
        "请为您的密钥申请此权限。im-access doctor 会说明更多。"
    ),
    "Set TENCENTCLOUD_SECRETID, _SECRETKEY and _SESSIONTOKEN anew.": (
        "请重新设置 TENCENTCLOUD_SECRETID、_SECRETKEY 和 _SESSIONTOKEN。"
    ),
    "Look at the network and the proxy (HTTPS_PROXY, NO_PROXY), then run it again. im-access doctor says more.": (
        "请检查网络和代理（HTTPS_PROXY、NO_PROXY），然后重试。im-access doctor 会说明更多。"
    ),
    "im-access doctor says more.": "im-access doctor 会说明更多。",
    "is missing: set TENCENTCLOUD_SECRETID and TENCENTCLOUD_SECRETKEY to your own keys, and TENCENTCLOUD_SESSIONTOKEN "
    "where they are temporary": (
        "缺失：请将 TENCENTCLOUD_SECRETID 和 TENCENTCLOUD_SECRETKEY 设为您自己的密钥，"
        "临时密钥还需 TENCENTCLOUD_SESSIONTOKEN"
    ),
    "names a file that is not there": "指定的文件不存在",
    "cannot be read": "无法读取",
    "holds {name} and can be read by others: chmod 600 {path}": "含有 {name}，且他人可读：请执行 chmod 600 {path}",
    "line {number} is not NAME=value": "第 {number} 行不是 NAME=value",
    "No local cloud answers at {url}. Start one: python -m local up --base-port {port}": (
        "{url} 没有本地云应答。请启动：python -m local up --base-port {port}"
    ),
    "{name} is no setting: {hint}": "{name} 不是任何设置：{hint}",
    "did you mean {name}?": "是否想写 {name}？",
    "nothing reads it": "没有程序读取它",
    "Nobody is there to be asked. Nothing was changed; --yes goes on without a question.": (
        "无法询问（不是终端）。未作任何更改；加 --yes 可不经询问执行。"
    ),
    "Nothing was changed.": "未作任何更改。",
    "nothing was changed": "未作任何更改",
    "Interrupted": "已中断",
    "{id} is too short: at least 6 characters of an id": "{id} 太短：编号至少需要 6 个字符",
    "No id begins with {id}": "没有以 {id} 开头的编号",
    "{id} could be any of these: {found}": "{id} 可能是其中任何一个：{found}",
    # columns and their words
    "id": "编号",
    "user": "用户",
    "uin": "UIN",
    "time": "时间",
    "event": "事件",
    "policy": "策略",
    "outcome": "结果",
    "state": "状态",
    "attempts": "尝试次数",
    "function": "函数",
    "request id": "请求编号",
    "code": "代码",
    "retry": "可重试",
    "received at": "收到时间",
    "result": "结果",
    "ledger": "台账",
    "cam": "CAM",
    "since": "自",
    "difference": "差异",
    "check": "检查项",
    "finding": "发现",
    "what to do": "处理办法",
    "yes": "是",
    "no": "否",
    "ok": "正常",
    "warning": "警告",
    "failure": "失败",
    "grant": "授予",
    "revoke": "收回",
    "granted": "已授予",
    "revoked": "已收回",
    "attached": "已关联",
    "detached": "已解除",
    "not attached": "未关联",
    "unchanged": "未变",
    "superseded": "已被更新的事件取代",
    "finished": "已完成",
    "notification due": "待通知",
    "failed, to be retried": "失败，待重试",
    "failed": "失败",
    "in progress or crashed": "进行中或已崩溃",
    "applied": "已执行",
    "replayed": "早已执行",
    "would be tried": "将会重试",
    "would be dropped": "将会删除",
    "dropped": "已删除",
    "attached by somebody else": "由他人关联",
    "granted, but not attached": "已授予，但未关联",
    "revoked, but attached": "已收回，但仍关联",
    # completion
    "Print the shell's completion script.": "打印 shell 的补全脚本。",
    # dead-letters
    "Messages that could not be done.": "未能执行的消息（死信）。",
    "Show the dead letters, oldest first.": "列出死信，最早的在前。",
    "only those of this function": "只列出此函数的",
    "only those that can succeed once somebody has acted": "只列出处理后可能成功的",
    "Show one whole, its message included.": "显示一条死信的全部内容，包括消息。",
    "Do them again, with the same identity; what succeeds leaves the dead letters.": (
        "以相同的标识重新执行；成功的会从死信中移除。"
    ),
    "all that are marked retry": "所有标为可重试的",
    "Remove them for good.": "永久删除。",
    "No dead letters.": "没有死信。",
    "The dead letter {id} is gone": "死信 {id} 已不存在",
    "dead letters read": "条死信已读取",
    "redriven": "条已重新执行",
    "{done} of {of} redriven": "已重新执行 {done} / {of}",
    "{done} of {of} dropped": "已删除 {done} / {of}",
    "redrive takes ids, or --all": "redrive 需要编号，或 --all",
    "Remove {of} for good?": "永久删除 {of} 条？",
    # doctor
    "Check an account, before and after deploying.": "部署前后检查账号。",
    "also write and delete a throw-away object": "另外写入并删除一个临时对象",
    # history
    "What happened to a person, oldest first.": "一个人的全部经过，最早的在前。",
    "reading the records of {user}": "正在读取 {user} 的记录",
    "Nothing is recorded for {user}.": "没有 {user} 的记录。",
    "what CAM held at that moment": "那一时刻 CAM 中的状态",
    "is no time such as 2026-01-02T03:04:05Z or 2026-01-02": "不是 2026-01-02T03:04:05Z 或 2026-01-02 这样的时间",
    "requests read": "个请求已读取",
    "turns read": "个轮次已读取",
    "users looked at": "个用户已查看",
    "credentials": "凭证",
    "disputed": "有争议",
    "caller": "调用方",
    "reason": "原因",
    "ticket": "工单",
    "requested by": "申请人",
    "approved by": "批准人",
    "given by": "来自",
    "create": "创建",
    "offboard": "离职",
    "offboarded": "已离职",
    "restore": "复职",
    "reissue": "补发",
    "created": "已创建",
    "restored": "已复职",
    "reissued": "已补发",
    "waiting": "待领取",
    "picked up": "已领取",
    "closed by the sweep": "无人领取，已由清理任务关闭",
    "destroyed": "已销毁",
    "gone": "已不存在",
    # who
    "Who holds a policy: ledger against CAM.": "谁拥有某个策略：台账与 CAM 对照。",
    "reading ledger and CAM": "正在读取台账和 CAM",
    "Nobody holds {policy}.": "没有人拥有 {policy}。",
    # users
    "Every sub-user with its state of life.": "所有子用户及其状态。",
    "active, offboarded, deleted, missing, by hand": (
        "状态：active 在职，offboarded 已离职，deleted 已删除，missing 缺失，by hand 手工创建"
    ),
    "reading records and CAM": "正在读取记录和 CAM",
    "No such user.": "没有这样的用户。",
    "active": "在职",
    "deleted": "已删除",
    "missing": "缺失",
    "by hand": "手工创建",
    "delete at": "删除时间",
    "console login": "控制台登录",
    # outbox
    "What waits to be told; the sweep sends it.": "待发送的通知，由清理任务发送。",
    "entries read": "条通知已读取",
    "Nothing waits to be told.": "没有待发送的通知。",
    "type": "类型",
    "tries": "尝试次数",
    "waiting since": "等待起始",
    "next try": "下次尝试",
    "until": "截止",
}
