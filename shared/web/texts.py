"""What the credentials page says, in each of its languages."""

from __future__ import annotations

from shared.web.language import Language

TEXTS: dict[str, dict[Language, str]] = {
    "name": {"en": "Instant Messaging access", "zh": "即时通信 IM 访问凭证"},
    "for": {"en": "For", "zh": "领取人"},
    "until": {"en": "Available until", "zh": "有效期至"},
    "opened_at": {"en": "Opened", "zh": "打开时间"},
    "opened_from": {"en": "From address", "zh": "来源地址"},
    "closed_at": {"en": "Closed", "zh": "关闭时间"},
    "unknown": {"en": "unknown", "zh": "未知"},
    "ready": {"en": "Your credentials are ready", "zh": "您的访问凭证已就绪"},
    "once": {
        "en": "The file can be downloaded once. Looking at this page does not count, the button does.",
        "zh": "该文件只能下载一次。浏览本页不计入次数，点击按钮才会使用这次机会。",
    },
    "download": {"en": "Download the file", "zh": "下载文件"},
    "keep": {
        "en": "Keep the file safe: it holds a password or a key, and is deleted here shortly afterwards.",
        "zh": "请妥善保存：文件包含密码或密钥，下载后不久即从服务器删除。",
    },
    "encrypted": {
        "en": "The file is encrypted for your key. Read it with",
        "zh": "文件已用您的公钥加密，解密命令：",
    },
    "opened": {"en": "This file has been opened already", "zh": "该文件已被打开"},
    "was_it_you": {
        "en": "If that was you, look in your downloads.",
        "zh": "如果是您本人操作，请查看浏览器的下载记录。",
    },
    "not_you": {
        "en": "If it was not you, somebody else has these credentials. Tell your administrator now: the password and "
        "the key must be replaced.",
        "zh": "如果不是您本人，说明凭证已落入他人之手。请立即告知管理员：必须更换密码和密钥。",
    },
    "closed": {"en": "This file was not picked up in time", "zh": "该文件未在期限内领取"},
    "ask_new": {
        "en": "The credentials were never handed out and are closed. Ask your administrator for new ones.",
        "zh": "凭证未曾发放，现已关闭。请联系管理员重新申请。",
    },
    "lost": {"en": "This link does not work", "zh": "链接无效"},
    "lost_why": {
        "en": "It is incomplete, or its time is over. Copy the whole link from the message, or ask your administrator "
        "for a new one.",
        "zh": "链接不完整或已过期。请从消息中复制完整链接，或联系管理员获取新链接。",
    },
    "on_its_way": {"en": "Here is your file", "zh": "您的文件"},
    "one_minute": {
        "en": "The download begins by itself. If it does not, use the button within one minute.",
        "zh": "下载将自动开始。如未开始，请在一分钟内点击按钮。",
    },
    "method": {"en": "That is not possible here", "zh": "不支持该操作"},
    "method_why": {"en": "Open the link in a browser.", "zh": "请在浏览器中打开链接。"},
    "later": {"en": "Please try again in a minute", "zh": "请稍后重试"},
    "later_why": {
        "en": "The service cannot answer right now. Nothing has been used up.",
        "zh": "服务暂时不可用，您的领取机会未被占用。",
    },
    "broken": {"en": "Something is wrong here", "zh": "服务出现问题"},
    "broken_why": {
        "en": "This page is not working as it should. Tell your administrator.",
        "zh": "页面未能正常工作，请告知管理员。",
    },
}
