"""The texts of the credentials page and its mail, in Chinese and English."""

from __future__ import annotations

from shared.web.language import Language

TEXTS: dict[str, dict[Language, str]] = {
    "name": {"en": "Access credentials", "zh": "访问凭证"},
    "for": {"en": "For", "zh": "领取人"},
    "until": {"en": "Available until", "zh": "有效期至"},
    "opened_at": {"en": "Opened", "zh": "打开时间"},
    "opened_from": {"en": "From address", "zh": "来源地址"},
    "closed_at": {"en": "Closed", "zh": "关闭时间"},
    "unknown": {"en": "unknown", "zh": "未知"},
    "ask": {"en": "Questions? Ask {whom}.", "zh": "如有疑问，请联系：{whom}"},
    "administrator": {"en": "your administrator", "zh": "管理员"},
    "ready": {"en": "Your credentials are ready", "zh": "您的访问凭证已就绪"},
    "once": {
        "en": "The file can be downloaded once. Looking at this page does not count, the button does.",
        "zh": "该文件只能下载一次。浏览本页不计入次数，点击按钮才会使用这次机会。",
    },
    "download": {"en": "Download the file", "zh": "下载文件"},
    "download_again": {"en": "Download it again", "zh": "重新下载"},
    "next": {"en": "What to do next", "zh": "接下来"},
    "step_login": {
        "en": "If the file has a password: open the Login URL that stands beside it, log in to the Tencent Cloud "
        "console, and change the password at the first login.",
        "zh": "如果文件中有密码：打开同一行的 Login URL，登录腾讯云控制台，并在首次登录时修改密码。",
    },
    "step_key": {
        "en": "If the file has a SecretId and a SecretKey: they are for programs that call Tencent Cloud. Give them to "
        "nobody, and put them into no code, chat or mail.",
        "zh": "如果文件中有 SecretId 和 SecretKey：它们供程序调用腾讯云接口使用。"
        "请勿转交他人，也不要写入代码、聊天或邮件。",
    },
    "step_keep": {
        "en": "Keep the file safe. It is deleted here shortly after the download.",
        "zh": "请妥善保存文件，下载后不久即从服务器删除。",
    },
    "decrypt_age": {
        "en": "The file is encrypted for your age key. Read it with this command, in which key.txt is your key:",
        "zh": "文件已用您的 age 公钥加密。解密命令（key.txt 为您的私钥文件）：",
    },
    "decrypt_ssh": {
        "en": "The file is encrypted for your SSH key. Read it with this command:",
        "zh": "文件已用您的 SSH 公钥加密。解密命令：",
    },
    "opened": {"en": "This file has been opened already", "zh": "该文件已被打开"},
    "opened_here": {"en": "You have opened this file", "zh": "您已打开该文件"},
    "again": {
        "en": "The download begins by itself. If it did not, you can repeat it within one minute of the first time.",
        "zh": "下载会自动开始。如未开始，可在首次下载后一分钟内重新下载。",
    },
    "was_it_you": {
        "en": "If that was you, in another browser or on another device, look in its downloads.",
        "zh": "如果是您本人在其他浏览器或设备上操作，请查看其下载记录。",
    },
    "was_it_you_here": {
        "en": "It was opened in this browser: look in its downloads. If it is not there, ask for new credentials.",
        "zh": "该文件是在本浏览器中打开的，请查看下载记录。如找不到文件，请申请新的凭证。",
    },
    "not_you": {
        "en": "If it was not you, somebody else has these credentials: the password and the key must be replaced. "
        "Say so now.",
        "zh": "如果不是您本人，说明凭证已落入他人之手，必须更换密码和密钥。请立即报告。",
    },
    "not_me": {"en": "It was not me", "zh": "不是我"},
    "reported": {
        "en": "It has been reported that this was somebody else. The password and the key must be replaced.",
        "zh": "已有人报告这不是本人操作，必须更换密码和密钥。",
    },
    "closed": {"en": "This file was not picked up in time", "zh": "该文件未在期限内领取"},
    "ask_new": {
        "en": "The credentials were never handed out and are closed. Ask for new ones.",
        "zh": "凭证未曾发放，现已关闭。请重新申请。",
    },
    "lost": {"en": "This link does not work", "zh": "链接无效"},
    "lost_why": {
        "en": "It is incomplete, or its time is over. Copy the whole link from the message, or ask for a new one.",
        "zh": "链接不完整或已过期。请从消息中复制完整链接，或申请新链接。",
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
        "en": "This page is not working as it should.",
        "zh": "页面未能正常工作。",
    },
    "mail_subject": {"en": "Your access credentials are ready", "zh": "您的访问凭证已就绪"},
    "mail_hello": {
        "en": "Your credentials, for the user {user}, are ready to be picked up.",
        "zh": "用户 {user} 的访问凭证已就绪，请领取。",
    },
    "mail_open": {"en": "Open this page and press its button:", "zh": "请打开以下页面，并点击其中的按钮："},
    "mail_once": {
        "en": "The file behind it can be downloaded once. Opening the page does not count, its button does.",
        "zh": "文件只能下载一次。打开页面不计入次数，点击页面中的按钮才会使用这次机会。",
    },
    "mail_button": {"en": "Open the page", "zh": "打开领取页面"},
}
