"""Errors about a wrong command line in Chinese: click's own, and those about a command's fields.

click's texts: https://github.com/pallets/click/blob/main/src/click/exceptions.py, and types.py and parser.py beside it.
"""

from __future__ import annotations

from cli.chinese.sentences import Sentences

_CLICK = {
    "Missing argument {}.": "缺少参数 {0}。",
    "Missing option {}.": "缺少选项 {0}。",
    "Missing argument {}. Choose from:{}": "缺少参数 {0}，可选：{1}",
    "Missing option {}. Choose from:{}": "缺少选项 {0}，可选：{1}",
    "Missing command.": "缺少命令。",
    "No such option {}.": "没有选项 {0}。",
    "No such option: {}": "没有选项 {0}。",
    "No such option {}. Did you mean {}?": "没有选项 {0}。是否想写 {1}？",
    "No such option: {} Did you mean {}?": "没有选项 {0}。是否想写 {1}？",
    "No such option {}. (Did you mean one of: {}?)": "没有选项 {0}。是否想写其中之一：{1}？",
    "No such option: {} (Possible options: {})": "没有选项 {0}。是否想写其中之一：{1}？",
    "No such command {}.": "没有命令 {0}。",
    "No such command {}. Did you mean {}?": "没有命令 {0}。是否想写 {1}？",
    "No such command {}. (Did you mean one of: {}?)": "没有命令 {0}。是否想写其中之一：{1}？",
    "Option {} requires an argument.": "选项 {0} 需要一个值。",
    "Option {} does not take a value.": "选项 {0} 不接受值。",
    "Got unexpected extra argument ({})": "多余的参数：{0}",
    "Got unexpected extra arguments ({})": "多余的参数：{0}",
    "Invalid value: {}": "值有误：{0}",
    "Invalid value for {}: {} is not one of {}.": "{0} 的值有误：{1} 不在可选范围内，可选：{2}",
    "Invalid value for {}: {} is not {}.": "{0} 的值有误：{1} 不是 {2}。",
    "Invalid value for {}: {} is not a valid integer.": "{0} 的值有误：{1} 不是整数。",
    "Invalid value for {}: {} is not a valid integer range.": "{0} 的值有误：{1} 不是整数。",
    "Invalid value for {}: File {} is not writable.": "{0} 的值有误：文件 {1} 无法写入。",
    "Invalid value for {}: {} is not in the range {}.": "{0} 的值有误：{1} 不在范围 {2} 内。",
    "Invalid value for {}: File {} is a directory.": "{0} 的值有误：{1} 是目录，不是文件。",
    "Invalid value for {}: File {} is not readable.": "{0} 的值有误：文件 {1} 无法读取。",
    "Invalid value for {}: File {} does not exist.": "{0} 的值有误：文件 {1} 不存在。",
    "Invalid value for {}: {}": "{0} 的值有误：{1}",
}
_FIELDS = {
    "{}: String should match pattern {}": "{0}：应符合 {1}",
    "{}: String should have at least {} character": "{0}：至少 {1} 个字符",
    "{}: String should have at least {} characters": "{0}：至少 {1} 个字符",
    "{}: String should have at most {} characters": "{0}：至多 {1} 个字符",
    "{}: List should have at least {} item after validation, not {}": "{0}：至少 {1} 项，而不是 {2} 项",
    "{}: List should have at most {} items after validation, not {}": "{0}：至多 {1} 项，而不是 {2} 项",
    "{}: Input should be greater than or equal to {}": "{0}：不得小于 {1}",
    "{}: Input should be less than or equal to {}": "{0}：不得大于 {1}",
    "{}: Value error, has control or other unprintable characters": "{0}：含有控制字符或其他不可打印的字符",
    "{}: Value error, names a policy twice": "{0}：同一策略出现了两次",
    "{}: Value error, not an RFC 3339 date-time": "{0}：不是 2026-01-02T03:04:05Z 这样的时间",
    "{}: Value error, not an RFC 3339 offset": "{0}：时区偏移有误",
    "Value error, at least one of console_login and api_access must be true": (
        "console_login 与 api_access 至少有一个为真"
    ),
    "{}: is not in the future": "{0}：不在将来",
    "{}: is more than {} days ahead": "{0}：超过 {1} 天之后",
    "{}: Value error, is no age or SSH public key that a file can be encrypted to {}": (
        "{0}：不是可用于加密文件的 age 或 SSH 公钥{1}"
    ),
    "{}: Value error, {}": "{0}：{1}",
}

of_click = Sentences(_CLICK).chinese
of_field = Sentences(_FIELDS).chinese
