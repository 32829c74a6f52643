"""The Chinese texts of the settings; the English ones are the `help` of shared/settings.py."""

from typing import NamedTuple

from cli.reference.text import Text


class Row(NamedTuple):
    """A setting's meaning in Chinese. `unset`: what it means if a variable without a default is not set, where
    needed.
    """

    zh: str
    unset: Text | None = None


SETTINGS: dict[str, Row] = {
    "IM_ACCESS_BUCKET": Row("COS 存储桶，带 appid：`name-1250000000`；必须从未开启过版本控制"),
    "IM_ACCESS_REGION": Row("存储桶所在地域", unset=Text("`TENCENTCLOUD_REGION`", "`TENCENTCLOUD_REGION`")),
    "IM_ACCESS_POLICIES": Row("白名单：允许授予和回收的策略，预设或自定义均可"),
    "IM_ACCESS_ALLOW_FOREIGN_POLICIES": Row(
        "白名单中哪些策略可以[包含](#绝不授予的策略)即时通信以外的操作；管理类操作始终不给"
    ),
    "IM_ACCESS_PROTECTED_USERS": Row(
        "绝不触碰的用户，写用户名或 UIN；有一项既不可能是用户名也不可能是 UIN，整个设置就会被拒绝"
    ),
    "IM_ACCESS_BOUNDARY_POLICY": Row("每个新用户的权限边界使用的策略；必须存在，且不能包含管理类操作"),
    "IM_ACCESS_LINK_TTL": Row("凭证链接的有效秒数，最多 43200"),
    "IM_ACCESS_CREDENTIAL_LIFETIME": Row("函数自己的临时凭证按多少秒的寿命来信任；链接不会比它更长"),
    "IM_ACCESS_DELIVERY": Row("`link`：预签名链接；`claim`：链接指向领取页面"),
    "IM_ACCESS_CLAIM_URL": Row(
        "领取页面的公网地址：`claim_credentials` 的函数 URL，或它前面的域名；除本机回环地址外必须是 https",
        unset=Text("required with `claim`", "`claim` 时必填"),
    ),
    "IM_ACCESS_DELETE_AFTER_DAYS": Row("命令未写明时，离职用户多少天后删除，0 到 3650"),
    "IM_ACCESS_KEEP_DAYS": Row("多少天前的事件因过旧而被拒绝，其请求记录随之可以删除，400 到 3650"),
    "IM_ACCESS_UNCLAIMED_HOURS": Row("凭证多少小时无人领取就算逾期，1 到 8760"),
    "IM_ACCESS_SWEEP": Row(
        "`warn`：无人领取的凭证、有人手工给离职用户的东西，只通知；`enforce`：禁用密钥和控制台登录，收回手工所给"
    ),
    "IM_ACCESS_SWEEP_LIMIT": Row(
        "定时清理的一项任务在一次运行中最多关闭或删除多少用户。无人领取的凭证超过此数时，不提醒也不停用任何人，并发出告警；"
        "到期和删除则把其余的留给后面的运行。其他任务照常进行；1 到 10000"
    ),
    "IM_ACCESS_TIME_ZONE": Row("HR 系统只给日期、不给时间时，按哪个时区算作一整天"),
    "IM_ACCESS_PEOPLE_BRAKE": Row(
        "一次导入或一版规则最多可以关闭多少人、或从多少人那里收回策略而不再次询问；1 到 100000"
    ),
    "IM_ACCESS_DRIFT": Row("`warn`：定时清理每天把记录与 CAM 对照一次，差异有变化时通知"),
    "IM_ACCESS_HTTP_AUTH": Row("`signature`：调用方按 Standard Webhooks 签名；`platform`：触发器已认证调用方"),
    "IM_ACCESS_WEBHOOK_SECRETS": Row(
        "一个或多个 `whsec_…` 或 `名称=whsec_…`，空格分隔，任何一个匹配即可；"
        "同一名称可以有多个，便于轮换；字节不能全部相同",
        unset=Text("required with `signature`", "`signature` 时必填"),
    ),
    "IM_ACCESS_NOTIFY_URL": Row("完成的命令 POST 到这里；除本机回环地址外必须是 https"),
    "IM_ACCESS_NOTIFY_SECRET": Row(
        "给通知签名的 `whsec_…`；不能与任何调用方的密钥相同", unset=Text("required with the URL", "设了 URL 就必填")
    ),
    "IM_ACCESS_HEARTBEAT_URL": Row(
        "每次定时清理结束后调用（GET）的地址，监控据此发现清理没有运行；除本机回环地址外必须是 https"
    ),
    "IM_ACCESS_OWNER_UIN": Row("主账号 UIN，用于登录链接", unset=Text("asked of STS once", "向 STS 询问一次")),
    "IM_ACCESS_API_ENDPOINT": Row("CAM 和 STS 的 URL，如 `http://127.0.0.1:8081`", unset=Text("Tencent's", "腾讯云")),
    "IM_ACCESS_COS_ENDPOINT": Row(
        "存储桶的 URL，如 `http://127.0.0.1:8082`；路径就是对象键", unset=Text("Tencent's", "腾讯云")
    ),
    "IM_ACCESS_ORGANISATION": Row("领取页面和邮件属于哪个组织：名称"),
    "IM_ACCESS_CONTACT": Row("遇到问题联系谁：文字、`https://` 地址或 `mailto:` 地址"),
    "IM_ACCESS_MAIL_URL": Row(
        "邮件服务器：`smtps://user:password@host:465`，或 `smtp://…`（即 STARTTLS）；仅本机回环可不加密"
    ),
    "IM_ACCESS_MAIL_FROM": Row("发件地址", unset=Text("required with the URL", "设了 URL 就必填")),
    "IM_ACCESS_ANSWER_LINK": Row(
        "`no`：创建的 HTTP 返回里不带链接（`credentials` 为 null），因此必须设置 `IM_ACCESS_NOTIFY_URL`"
    ),
    "IM_ACCESS_BARE_MESSAGES": Row("`accept`：队列消息可以是裸命令；适用于只喂一个函数的 topic"),
    "IM_ACCESS_RETRY_HOURS": Row("失败的消息从第一次尝试算起最多反复投递多少小时，超过就存档，1 到 168"),
    "IM_ACCESS_SCIM_TOKENS": Row(
        "SCIM 客户端的令牌散列：`名称=sha256:<hex>` 或 `sha256:<hex>`，空格分隔；由 `im-access scim-token` 生成"
    ),
    "IM_ACCESS_SCIM_POLICIES": Row("每个 SCIM 用户都有的策略"),
    "IM_ACCESS_SCIM_GROUPS": Row("除策略自身名称的组之外，还有哪些 SCIM 组代表策略：`显示名=策略`，逗号分隔"),
    "IM_ACCESS_SCIM_BRAKE": Row("一次 SCIM 请求最多从多少个成员收回策略，超过即拒绝，1 到 10000"),
    "IM_ACCESS_SCIM_URL": Row(
        "SCIM 的公开地址，如 `https://scim.example.com/scim/v2`，用于应答里的地址和 `im-access doctor --probe`；"
        "不设时，应答用请求的主机和路径"
    ),
    "IM_ACCESS_LOG_LEVEL": Row("日志级别：`DEBUG`、`INFO`、`WARNING`、`ERROR`、`CRITICAL`"),
    "IM_ACCESS_FEISHU_ENCRYPT_KEY": Row("应用的 Encrypt Key；`/feishu` 必填"),
    "IM_ACCESS_FEISHU_VERIFICATION_TOKEN": Row("应用的 Verification Token；`/feishu` 必填"),
    "IM_ACCESS_FEISHU_APP_ID": Row("与 App Secret 一起：查询事件里没有的内容，例如部门名称"),
    "IM_ACCESS_FEISHU_APP_SECRET": Row("应用的 App Secret"),
    "IM_ACCESS_FEISHU_ENDPOINT": Row(
        "其 API 的根地址；Lark 为 `https://open.larksuite.com`",
        unset=Text("`https://open.feishu.cn`", "`https://open.feishu.cn`"),
    ),
    "IM_ACCESS_WECOM_TOKEN": Row("回调的 Token；`/wecom` 必填"),
    "IM_ACCESS_WECOM_AES_KEY": Row("回调的 EncodingAESKey；`/wecom` 必填"),
    "IM_ACCESS_WECOM_CORP_ID": Row("企业 ID，只接受这一家；`/wecom` 必填"),
    "IM_ACCESS_WECOM_SECRET": Row("应用的 Secret，用来查询成员；没有它就按事件原样处理"),
    "IM_ACCESS_WECOM_ENDPOINT": Row(
        "`cgi-bin/…` 的根地址", unset=Text("`https://qyapi.weixin.qq.com`", "`https://qyapi.weixin.qq.com`")
    ),
    "IM_ACCESS_DINGTALK_TOKEN": Row("回调的 Token；`/dingtalk` 必填"),
    "IM_ACCESS_DINGTALK_AES_KEY": Row("回调的 aes_key；`/dingtalk` 必填"),
    "IM_ACCESS_DINGTALK_APP_KEY": Row("应用的 AppKey（Client ID），也是接受的归属方；`/dingtalk` 必填"),
    "IM_ACCESS_DINGTALK_CORP_ID": Row("企业的 CorpId，也作为归属方接受"),
    "IM_ACCESS_DINGTALK_APP_SECRET": Row("应用的 AppSecret，用来查询员工；没有它无法入职，离职照常处理"),
    "IM_ACCESS_DINGTALK_ENDPOINT": Row(
        "其两套 API 的根地址",
        unset=Text(
            "`https://api.dingtalk.com` and `https://oapi.dingtalk.com`",
            "`https://api.dingtalk.com` 和 `https://oapi.dingtalk.com`",
        ),
    ),
    "IM_ACCESS_BAMBOOHR_KEYS": Row("各 webhook 的私钥，空格分隔，任何一个匹配即可；`/bamboohr` 必填"),
    "IM_ACCESS_BAMBOOHR_COMPANY": Row("公司的子域名；与 API key 一起用来查询员工"),
    "IM_ACCESS_BAMBOOHR_API_KEY": Row("API key；没有它只处理带字段的内容和离职"),
    "IM_ACCESS_BAMBOOHR_ENDPOINT": Row(
        "`/api/v1/…` 的根地址", unset=Text("`https://{company}.bamboohr.com`", "`https://{company}.bamboohr.com`")
    ),
}
