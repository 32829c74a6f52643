"""Texts that all commands share: options, errors, column names and words in columns."""

from __future__ import annotations

GENERAL: dict[str, str] = {
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
    "required": "必填",
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
    "Ask for this right for your keys, and look at the clock. im-access doctor says more.": (
        "请为您的密钥申请此权限，并检查本机时钟。im-access doctor 会说明更多。"
    ),
    "Set the clock of this machine: signatures hold for minutes. im-access doctor says how far it is off.": (
        "请校准本机时钟：签名只在几分钟内有效。im-access doctor 会说明相差多少。"
    ),
    "a page is for a browser: name a file, such as {file}": "网页请用浏览器看：写入文件，例如 {file}",
    "{ending} is the ending of no form: {forms}": "{ending} 不对应任何格式：{forms}",
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
    "is not there": "不存在",
    "Correct the profile, or name another one with --profile.": "请改正配置文件，或用 --profile 指定另一个。",
    "Compare IM_ACCESS_BUCKET and IM_ACCESS_REGION with the bucket in the COS console.": (
        "请将 IM_ACCESS_BUCKET 和 IM_ACCESS_REGION 与 COS 控制台中的存储桶核对。"
    ),
    "cannot be read": "无法读取",
    "holds {name} and can be read by others: chmod 600 {path}": "含有 {name}，且他人可读：请执行 chmod 600 {path}",
    "line {number} is not NAME=value": "第 {number} 行不是 NAME=value",
    "No local cloud answers at {url}. Start one: .venv/bin/python -m local up --base-port {port}": (
        "{url} 没有本地云应答。请启动：.venv/bin/python -m local up --base-port {port}"
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
    "{time} left": "还需 {time}",
    "{done} of {of}": "进度 {done}/{of}",
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
    "grant": "授权",
    "revoke": "回收",
    "granted": "已授权",
    "revoked": "已回收",
    "attached": "已绑定",
    "detached": "已解绑",
    "not attached": "未绑定",
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
    "attached by somebody else": "由他人绑定",
    "granted, but not attached": "已授权，但未绑定",
    "revoked, but attached": "已回收，但仍绑定",
}
