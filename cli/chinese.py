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
    # create, grant, revoke, offboard, reissue ...
    "the request's id: the same one is done once": "请求的编号：同一编号只执行一次",
    "looking at what would change": "正在查看将会改变什么",
    "Do it?": "执行？",
    "request {id} was begun: the same command with --id {own} goes on with it, or the sweep does": (
        "请求 {id} 已开始：用同一命令加 --id {own} 继续，或由清理任务继续"
    ),
    "This had been done before.": "此前已经执行过。",
    "This would change:": "将会改变：",
    "This would change nothing in CAM.": "CAM 中什么都不会改变。",
    "create the user": "创建用户",
    "set a new password and open console login": "设置新密码并开放控制台登录",
    "close console login": "关闭控制台登录",
    "delete the user": "删除用户",
    "attach the policy": "绑定策略",
    "detach the policy": "解绑策略",
    "set the permissions boundary": "设置权限边界",
    "create an access key": "创建访问密钥",
    "disable the access key": "停用访问密钥",
    "delete the access key": "删除访问密钥",
    "name": "名称",
    "status": "状态",
    "policies": "策略",
    "keys disabled": "已停用密钥数",
    "left": "余下",
    "groups": "用户组",
    "login url": "登录地址",
    "overlap until": "旧密钥可用至",
    "still attached": "仍绑定",
    "url": "链接",
    "expires at": "失效时间",
    "closed": "已关闭",
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
    "with --probe: whether every method reaches SCIM there, and not at IM_ACCESS_SCIM_URL": (
        "与 --probe 一起：检查各方法是否都能到达该处的 SCIM，而不是 IM_ACCESS_SCIM_URL"
    ),
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
    # review
    "Every user: state, policies, keys, last login, and what CAM has beyond the records.": (
        "每个用户：状态、策略、密钥、上次登录，以及 CAM 中超出记录的部分。"
    ),
    "of the output; by the file's name if not said, else a table": (
        "输出格式：table 表格，csv，html，json；未指定时按文件名，否则为表格"
    ),
    "where it goes, if not to the terminal": "写入此文件，而不是终端",
    "without groups, last uses and last logins, which CAM tells slowly": "不含用户组、上次使用和上次登录（CAM 查询慢）",
    "go on where the last review was interrupted": "从上次中断处继续",
    "asking for last logins and last uses": "正在查询上次登录和上次使用",
    "users read from CAM": "个用户已从 CAM 读取",
    "what was read is kept: --resume goes on with it": "已读取的内容已保留：加 --resume 继续",
    "Written: {file}": "已写入：{file}",
    "{file} cannot be written: {why}": "无法写入 {file}：{why}",
    "there is no folder {folder}": "没有目录 {folder}",
    "the folder {folder} cannot be written": "无法写入目录 {folder}",
    "Access review": "访问权限复核",
    "{users} users, as of {now}.": "共 {users} 个用户，截至 {now}。",
    "beyond": "超出记录",
    "by group": "来自用户组",
    "keys": "密钥",
    "last login": "上次登录",
    "last used": "上次使用",
    "{days} days old": "{days} 天",
    "inactive": "已停用",
    # drift
    "What differs between HR systems, the records and CAM.": "HR 系统、记录与 CAM 之间的差异。",
    "without groups, which CAM tells slowly": "不含用户组（CAM 查询慢）",
    "looking again at what changed in the last minutes": "再次查看最近几分钟的变化",
    "No differences.": "没有差异。",
    "grade": "级别",
    "about": "涉及",
    "critical": "严重",
    "notice": "提示",
    "made by hand": "手工创建",
    "recorded, but not in CAM": "有记录，但 CAM 中没有",
    "offboarded, but console login is open": "已离职，但控制台登录仍开放",
    "offboarded, but an access key works": "已离职，但访问密钥仍可用",
    "offboarded, but a policy is attached": "已离职，但仍绑定策略",
    "offboarded; a policy that is not ours is left": "已离职，余下不归本项目管理的策略",
    "offboarded, and was to be deleted long ago": "已离职，早该删除",
    "attached by hand": "手工绑定",
    "has it by a group": "来自用户组",
    "works": "可用",
    # report
    "One page with plots: joiners, leavers, time from event to effect, backlog.": (
        "一页图表：入职、离职、从事件到生效的时间、积压。"
    ),
    "how far back; 92 if not said": "回溯多少天，默认 92",
    "reading the records": "正在读取记录",
    "joiners": "入职",
    "leavers": "离职",
    "grants": "授权",
    "revokes": "回收",
    "median": "中位数",
    "95 %": "95 % 以内",
    "longest": "最长",
    "up to an hour": "一小时以内",
    "up to a day": "一天以内",
    "longer": "更久",
    "requests": "请求",
    "notifications": "通知",
    "dead letters": "死信",
    "HR events": "HR 事件",
    "SCIM changes": "SCIM 变更",
    "The last {days} days, as of {now}; weeks begin on Monday, UTC.": (
        "最近 {days} 天，截至 {now}；每周从周一（UTC）开始。"
    ),
    "People": "人员",
    "Policies": "策略",
    "Seconds from an event to its effect": "从事件到生效的秒数",
    "What waits now": "当前积压",
    "Events that waited for their effect": "等待生效的事件",
    "at once, at the most": "同时最多",
    "over an hour": "超过一小时",
    "Access report": "访问权限报告",
    "week": "周",
    # evidence
    "applied at": "生效时间",
    "One file for an auditor: who asked, who approved, when it took effect, what is left.": (
        "给审计人员的一份文件：谁申请、谁批准、何时生效、还剩什么。"
    ),
    "of the file": "文件格式：html 或 json",
    "objects read": "个对象已读取",
    "{user} (UIN {uins}), bucket {bucket}, as of {now}, by {who}.": (
        "{user}（UIN {uins}），存储桶 {bucket}，截至 {now}，由 {who} 生成。"
    ),
    "Evidence of access: {user}": "访问权限证明：{user}",
    "What was asked, and what was done": "申请了什么，做了什么",
    "What is left in CAM": "CAM 中还剩什么",
    "The records that this rests on": "所依据的记录",
    "object key": "对象键",
    "CAM has no user of this name any more.": "CAM 中已没有这个名称的用户。",
    "what": "项目",
    "in CAM": "CAM 中",
    "active keys": "可用密钥",
    "policies for im": "给予即时通信权限的策略",
    # policy
    "Custom policies for Instant Messaging.": "即时通信的自定义策略。",
    "A custom policy for one IM application; sensitive actions are denied by name to all but owners.": (
        "为一个 IM 应用生成自定义策略；除 owner 外，敏感操作逐个按名称拒绝。"
    ),
    "of the application": "应用的 SDKAppID",
    "what it may do: read, operate, or everything": "角色：reader 只读，operator 操作，owner 全部",
    "create it in CAM, unless it is there": "若不存在，则在 CAM 中创建",
    "not created: --create does": "未创建：加 --create 创建",
    "is there already, and allows the same": "已存在，且允许的内容相同",
    "is there already, and allows something else": "已存在，但允许的内容不同",
    "To have it given, add {name} to IM_ACCESS_POLICIES.": "要授予它，请将 {name} 加入 IM_ACCESS_POLICIES。",
    "somebody else has just created it: run this again": "刚刚被他人创建：请再运行一次",
    # smoke
    "Ask a real account what no document settles, on a throw-away user.": (
        "用一个临时用户，向真实账号查明文档没有说清的事。"
    ),
    "do it: makes a user, policies and objects, and takes them away again": (
        "真正执行：创建临时用户、策略和对象，随后全部清除"
    ),
    "of the deployed scim function: does PATCH come through?": "已部署的 scim 函数的 URL：PATCH 能否到达？",
    "the answers; smoke.json if not said": "写入答案的文件，默认 smoke.json",
    "Nothing was asked: --really does.": "什么都没有问：加 --really 才会执行。",
    "taking away what was made": "正在清除所创建的一切",
    "answers are in {file}": "答案在 {file} 中",
    "everything was taken away": "所创建的一切已清除",
    "something was left behind": "有遗留",
    "left behind: {what}": "遗留：{what}",
    "the next run of this command takes away what was left behind": "再次运行此命令会清除遗留的内容",
    "answer": "答案",
    "When does GetUser show a new user? Is the password told back?": "GetUser 何时显示新用户？会返回密码吗？",
    "What is AddUser with a name that is taken answered?": "AddUser 遇到已占用的名称如何应答？",
    "Is a name in another case another name?": "大小写不同的名称是另一个名称吗？",
    "Which keywords of ListPolicies find a policy?": "ListPolicies 的哪些关键词能找到策略？",
    "What is a repeated attach answered, and when is it listed?": "重复绑定如何应答，何时列出？",
    "What is a repeated detach answered?": "重复解绑如何应答？",
    "When is a new key listed, and when does it work?": "新密钥何时列出，何时可用？",
    "What is DeleteUser answered while there is a key?": "仍有密钥时 DeleteUser 如何应答？",
    "How long does a key work after it was switched off?": "密钥停用后还能用多久？",
    "May a key that works be deleted? And again?": "可用的密钥能删除吗？再删一次呢？",
    "What is closing console login answered, and how is it shown?": "关闭控制台登录如何应答，如何显示？",
    "Does CAM take the documents of `policy build`?": "CAM 接受 `policy build` 的策略吗？",
    "In which zone are CAM's times?": "CAM 的时间是哪个时区？",
    "What is a second create-only write answered?": "第二次“仅新建”写入如何应答？",
    "How many of 20 create-only writers at once win?": "20 个同时“仅新建”的写入有几个成功？",
    "What is deleting a missing object answered?": "删除不存在的对象如何应答？",
    "Are these keys temporary, and for how long?": "当前密钥是临时的吗，有效多久？",
    "Is the name of a deleted user free again?": "已删除用户的名称能再用吗？",
    "Does PATCH come through a Function URL?": "PATCH 能通过函数 URL 吗？",
    # outbox
    "What waits to be told; the sweep sends it.": "待发送的通知，由清理任务发送。",
    "Make a bearer token for an identity provider, shown this once, and its line for the setting.": (
        "为身份提供商生成令牌（只显示这一次），以及写入设置的那一行。"
    ),
    "A client's name has 1 to 64 letters, digits, dots, underscores and hyphens.": (
        "客户端名称为 1 到 64 个字母、数字、点、下划线和连字符。"
    ),
    "For the identity provider, once:": "交给身份提供商，只显示一次：",
    "For IM_ACCESS_SCIM_TOKENS, beside those that are there:": "加入 IM_ACCESS_SCIM_TOKENS，与已有的并列：",
    "entries read": "条通知已读取",
    "Nothing waits to be told.": "没有待发送的通知。",
    "type": "类型",
    "tries": "尝试次数",
    "waiting since": "等待起始",
    "next try": "下次尝试",
    "until": "截止",
    # rules
    "Who gets what.": "谁得到什么。",
    "Say what is wrong with a file: line, rule and field of every fault.": (
        "检查规则文件：指出每处错误的行、规则和字段。"
    ),
    "{of} rules, and nothing is wrong with them.": "{of} 条规则，没有错误。",
    "{file} cannot be read": "无法读取 {file}",
    "Show the rules that hold.": "显示现行规则。",
    "another version than the newest": "显示某个旧版本",
    "There is no such version: nobody has pushed it": "没有这个版本：还没有人推送过",
    "version {version}, pushed at {pushed_at}": "第 {version} 版，推送于 {pushed_at}",
    "Show person by person what a file would change, and change nothing; exit code 3 where it would.": (
        "逐人显示规则文件会带来的变化，不作任何更改；有变化时退出码为 3。"
    ),
    "{of} people would change, {losers} of them lose something.": "{of} 人会有变化，其中 {losers} 人会失去某些权限。",
    "Make a file the rules that hold. The sweep applies them to everybody; what is told from now on obeys them.": (
        "将文件设为现行规则。定时清理会将其应用到所有人；此后的人事事件也按它处理。"
    ),
    "{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Push it?": (
        "{of} 人会失去某些权限，超过 IM_ACCESS_PEOPLE_BRAKE。仍要推送？"
    ),
    "Version {version} says the same already.": "第 {version} 版已经如此。",
    "version {version} was pushed": "已推送第 {version} 版",
    "Version {version} holds from now on; the sweep applies it.": "第 {version} 版现已生效，由定时清理应用到所有人。",
    "people read": "人已读取",
    "source": "来源",
    "employee": "工号",
    "change": "变化",
    "rules": "规则",
    "rule": "规则",
    "when": "条件",
    "join": "入职",
    "come back": "回岗",
    "close": "关闭",
    "join later": "待入职",
    "HR says that the person is away, but the user is open": "HR 系统显示此人不在岗，但用户仍开通",
    "HR says that the person is here, but the user is closed or missing": "HR 系统显示此人在岗，但用户已关闭或不存在",
    "the rules ask for something else": "规则要求的与现状不同",
    # people
    "People of HR systems.": "HR 系统中的人员。",
    "Do for the people of a table what the rules say. What was done is not done twice: run it again to go on.": (
        "按规则处理表格中的人员。做过的不会再做：中断后重新运行即可继续。"
    ),
    "whose ids the employees' are; csv if not given": "工号属于哪个来源，默认 csv",
    "who is not in the file has left": "文件中没有的人视为已离职",
    "{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Do it?": (
        "{of} 人会失去某些权限，超过 IM_ACCESS_PEOPLE_BRAKE。仍要执行？"
    ),
    "people looked at": "人已查看",
    "ids looked up": "个工号已查找",
    "people done": "人已处理",
    "{done} of {of} people done": "已处理 {done}/{of} 人",
    "{of} people, {failed} of them could not be done.": "共 {of} 人，其中 {failed} 人未能处理。",
    "joined": "已入职",
    "changed": "已变更",
    "later": "待入职",
    "Whom the sources have told of, with the users and what rules gave them.": (
        "各来源告知的人员、他们的子用户，以及规则给予的策略。"
    ),
    "only those of this source": "只看这个来源",
    "No source has told of anybody.": "没有来源告知过任何人。",
    "There is no user: no rule gives anything, or the first day has not come.": (
        "没有用户：没有规则给任何权限，或第一天还没到。"
    ),
    "suspended": "停职",
    "open": "开通",
    "unfinished": "未完成",
    "All that is known of a person, and which rule of which version gave what.": (
        "某人的全部信息，以及每个策略由哪一版的哪条规则给予。"
    ),
    "whose id it is": "工号属于哪个来源",
    "No source has told of {employee}": "没有来源告知过 {employee}",
    "The people as a table, as `import` reads it.": "将人员导出为表格，`import` 可以读回。",
    "into a file, with a byte order mark for Excel": "写入文件，带字节序标记，便于 Excel 打开",
    "{of} people written.": "已写出 {of} 人。",
}
