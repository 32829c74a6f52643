"""The doctor's sentences in Chinese, those with values in them included."""

from __future__ import annotations

from cli.chinese.sentences import Sentences

SENTENCES: dict[str, str] = {
    "settings": "设置",
    "network": "网络",
    "clock": "时钟",
    "policies": "策略",
    "bucket": "存储桶",
    "quota": "配额",
    "permissions": "权限",
    "roles": "角色",
    "triggers": "触发器",
    "alarms": "告警",
    "create-only": "仅新建写入",
    "scim": "SCIM",
    "scim-methods": "SCIM 方法",
    "not used: IM_ACCESS_SCIM_TOKENS is not set": "未使用：没有设置 IM_ACCESS_SCIM_TOKENS",
    "nobody could be sent the credentials of a user: none is made": "用户的凭证无人可送：不会创建任何人",
    "Set IM_ACCESS_NOTIFY_URL, or IM_ACCESS_MAIL_URL with IM_ACCESS_DELIVERY=claim.": (
        "请设置 IM_ACCESS_NOTIFY_URL，或 IM_ACCESS_MAIL_URL 加 IM_ACCESS_DELIVERY=claim。"
    ),
    "methods not tried: no address": "没有尝试各方法：缺少地址",
    "Set IM_ACCESS_SCIM_URL, or run it again with --scim-url https://…/scim/v2.": (
        "请设置 IM_ACCESS_SCIM_URL，或加上 --scim-url https://…/scim/v2 再运行。"
    ),
    "Put an API gateway or a proxy in front that forwards every method, as docs/scim.md says.": (
        "请在前面放一个转发所有方法的 API 网关或代理，见 docs/scim.zh-CN.md。"
    ),
    "not-checked": "未检查",
    "complete and consistent": "完整且一致",
    "never versioned": "从未开启版本控制",
    "private": "私有",
    "permanent keys": "永久密钥",
    "the second write was refused": "第二次写入被拒绝",
    "no service tells its time": "没有服务告知时间",
    "A person may have them; a function takes its execution role instead.": "人可以使用永久密钥；函数使用执行角色。",
    "Use a new bucket: create-only writes do not hold on this one, even when it is suspended.": (
        "请换一个新存储桶：此桶上“仅新建”写入不可靠，即使版本控制已暂停。"
    ),
    "Do not use this bucket: nothing would be exclusive.": "不要使用此存储桶：任何写入都不再互斥。",
    "Give the caller this right: im-access history, who and dead-letters need it.": (
        "请授予此权限：im-access 的 history、who 和 dead-letters 需要它。"
    ),
    "Ask for cls:DescribeAlarms, or look at the alarm policies in the CLS console.": (
        "请申请 cls:DescribeAlarms，或在 CLS 控制台查看告警策略。"
    ),
    "Ask for scf:ListFunctions and scf:ListTriggers, or look at the triggers in the SCF console.": (
        "请申请 scf:ListFunctions 和 scf:ListTriggers，或在 SCF 控制台查看触发器。"
    ),
    "Mend this first; the check could not be made.": "请先处理这一项；此检查未能进行。",
    "The keys are not valid: set TENCENTCLOUD_SECRETID, _SECRETKEY and _SESSIONTOKEN anew.": (
        "密钥无效：请重新设置 TENCENTCLOUD_SECRETID、_SECRETKEY 和 _SESSIONTOKEN。"
    ),
    "Compare the clock by hand.": "请手工核对时钟。",
    "Compare the two.": "请比较两者。",
    "Deploy, then run this again.": "请部署后再运行。",
    "Deploy again, as docs/deployment.md says.": "请按 docs/deployment.zh-CN.md 重新部署。",
    "Make the bucket private.": "请将存储桶设为私有。",
    "Mend the failures; then run this again.": "请处理失败项后再运行。",
    "Run the command from a checkout of the repository.": "请在代码仓库中运行此命令。",
    "Run the command from a checkout.": "请在代码仓库中运行此命令。",
    "See that the functions meet them, or take them out.": "请确认函数满足这些条件，或去掉它们。",
    "Set `enable: true` and deploy again: it takes no events.": "请设为 `enable: true` 并重新部署：它不接收事件。",
    "Set the clock: signatures and event times need it.": "请校准时钟：签名和事件时间都依赖它。",
    "Switch it on in the CLS console: nobody is told.": "请在 CLS 控制台启用：否则无人收到告警。",
    "Try again.": "请重试。",
}

TEMPLATES: dict[str, str] = {
    "{} tokens of {}": "{} 个令牌，属于 {}",
    "{} reaches the function": "{} 能到达函数",
    "{} is answered {}, not by the function": "{} 得到 {}，并非函数的应答",
    "{} of the account {}": "账号 {1} 的 {0}",
    "temporary; no API tells for how long, links are capped at {} s": "临时密钥；有效期无从查询，链接最长 {0} 秒",
    "Correct {}, or make the policy.": "请更正 {0}，或创建该策略。",
    "{}: preset, id {}": "{0}：预设策略，id {1}",
    "{}: custom, id {}": "{0}：自定义策略，id {1}",
    "versioning is {}": "版本控制状态为 {0}",
    "{} sub-users; {} left of the usual 1000": "{0} 个子用户；通常的 1000 个中还剩 {1} 个",
    "the caller may call {}": "调用者可以调用 {0}",
    "the caller may not call {}: {}": "调用者不能调用 {0}：{1}",
    "not looked at: {}": "未查看：{0}",
    "{} answers": "{0} 有应答",
    "no answer from {}: {}": "{0} 没有应答：{1}",
    "Look at the network, the proxy (HTTPS_PROXY, NO_PROXY) and {}; then run this again.": (
        "请检查网络、代理（HTTPS_PROXY、NO_PROXY）和 {0}，然后再运行。"
    ),
    "differs by {} s": "相差 {0} 秒",
    "differs by {} s: this machine is behind": "相差 {0} 秒：本机慢",
    "differs by {} s: this machine is ahead": "相差 {0} 秒：本机快",
    "differs by {} s: this machine is behind, and every signature is refused by {}": (
        "本机慢 {0} 秒，{1} 会拒绝所有签名"
    ),
    "differs by {} s: this machine is ahead, and every signature is refused by {}": (
        "本机快 {0} 秒，{1} 会拒绝所有签名"
    ),
    "{}: there is no such role": "{0}：没有这个角色",
    "{}: there is no such alarm": "{0}：没有这个告警",
    "{} is switched off": "{0} 已停用",
    "{} is set up": "{0} 已配置",
    "{} looks for something else than docs/alarms.json says": "{0} 的检索语句与 docs/alarms.json 不同",
    "Make it: carrier {}, policy {}, see docs/deployment.md.": (
        "请创建：载体 {0}，策略 {1}，见 docs/deployment.zh-CN.md。"
    ),
    "{}: trusts {}; allows what {} does": "{0}：信任 {1}；允许 {2} 所列的内容",
    "{}: its carrier is {}, not {}": "{0}：载体是 {1}，不是 {2}",
    "Make {} the role's carrier: SCF cannot take it on.": "请把角色载体设为 {0}：否则 SCF 无法扮演它。",
    "{}: also trusts {}": "{0}：还信任 {1}",
    "Leave {} alone as the role's carrier.": "角色载体请只保留 {0}。",
    "{}: {} is of a form that is not understood": "{0}：{1} 的形式无法理解",
    "Attach {} alone, or compare it by hand.": "请只绑定 {0}，或手工比较。",
    "{}: lacks {}": "{0}：缺少 {1}",
    "Attach a policy with {}, filled in for this bucket and region.": "请绑定内容为 {0} 的策略，并填入此存储桶和地域。",
    "{}: only under further conditions: {}": "{0}：仅在其他条件下：{1}",
    "{}: allows more than needed: {}": "{0}：允许了多余的内容：{1}",
    "Let it have {} and nothing else.": "请让它只有 {0}。",
    "not all was looked at: the caller lacks {}": "未全部查看：调用者缺少 {0}",
    "not deployed yet: no function im-access-…": "尚未部署：没有 im-access-… 函数",
    "{}: no ckafka trigger anywhere; commands come over HTTP alone": "{0}：没有 ckafka 触发器；命令只通过 HTTP 到来",
    "{}: the function is missing": "{0}：缺少此函数",
    "{}: no {} trigger": "{0}：没有 {1} 触发器",
    "{}: {} trigger {} is enabled": "{0}：{1} 触发器 {2} 已启用",
    "{}: {} trigger {} is disabled": "{0}：{1} 触发器 {2} 已停用",
}
"""By the sentence with `{}` in the place of each value; the Chinese has them by their numbers."""

translated = Sentences(TEMPLATES).chinese
