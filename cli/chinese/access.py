"""The commands that change something: create, grant, revoke and the like, dead-letters, outbox, smoke."""

from __future__ import annotations

ACCESS: dict[str, str] = {
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
    "Show one dead letter completely, with its message.": "显示一条死信的全部内容，包括消息。",
    "Carry dead letters out again under the same identity; those that succeed are removed.": (
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
    # outbox
    "Notifications and mails that are not delivered yet; the sweep sends them.": "待发送的通知，由清理任务发送。",
    "Make a bearer token for an identity provider, shown this once, and its line for the setting.": (
        "为身份提供商生成令牌（只显示这一次），以及写入设置的那一行。"
    ),
    "A client's name has 1 to 64 letters, digits, dots, underscores and hyphens.": (
        "客户端名称为 1 到 64 个字母、数字、点、下划线和连字符。"
    ),
    "For the identity provider, once:": "交给身份提供商，只显示一次：",
    "For IM_ACCESS_SCIM_TOKENS, beside those that are there:": "加入 IM_ACCESS_SCIM_TOKENS，与已有的并列：",
    "entries read": "条通知已读取",
    "No notification or mail waits.": "没有待发送的通知。",
    "type": "类型",
    "tries": "尝试次数",
    "waiting since": "等待起始",
    "next try": "下次尝试",
    "until": "截止",
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
}
