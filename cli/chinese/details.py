"""The details of errors in Chinese: the sentences after an error's title that an operator may see."""

from __future__ import annotations

from cli.chinese.sentences import Sentences

_DETAILS = {
    "{} got no answer": "{0} 没有应答",
    "{} was refused: {}": "{0}：{1}",
    "Not on the allow-list: {}": "不在白名单中：{0}",
    "CAM has no policy {}": "CAM 中没有策略 {0}",
    "{} is required": "{0} 必须设置",
    "{} is required with {}": "设置了 {1} 时必须设置 {0}",
    "{} is required where {} is not set": "未设置 {1} 时必须设置 {0}",
    "{} is an empty list": "{0} 是空列表",
    "{} is no bucket name with its appid, such as {}": "{0} 不是带 appid 的存储桶名称，例如 {1}",
    "{} is no region, such as {}": "{0} 不是地域，例如 {1}",
    "{} is no whole number from {} to {}": "{0} 不是 {1} 到 {2} 之间的整数",
    "{} is no time zone, such as {}": "{0} 不是时区，例如 {1}",
    "{} is no https URL: http is for {} alone": "{0} 不是 https 地址：http 只可用于本机（{1}）",
    "{} is no http or https URL": "{0} 不是 http 或 https 地址",
    "{} names a bucket that has or had versioning: choose another": "{0} 指向的存储桶开启过版本控制，请换一个",
}

of_detail = Sentences(_DETAILS).chinese
