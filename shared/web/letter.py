"""The mail with the link to the credentials page, in both languages and in the page's style.

It holds no secret but the link itself, which a person has to use.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from shared.clock import rfc3339
from shared.secret import Secret
from shared.web.language import Language, moment
from shared.web.site import Site

_CARD = "max-width:32rem;margin:0 auto;padding:1.5rem;color:#16202e;font:16px/1.6 system-ui,'PingFang SC',sans-serif"
_BUTTON = (
    "display:inline-block;padding:.75rem 1.5rem;border-radius:.75rem;background:#0b57c2;color:#fff;"
    "font-weight:600;text-decoration:none"
)


class Letter(NamedTuple):
    """The contents of a mail; `text` and `html` hold the link."""

    subject: str
    text: Secret
    html: Secret


def invitation(user: str, url: Secret, expires_at: float, site: Site) -> Letter:
    """The mail for a user whose credentials can be picked up until then; the site's language comes first."""
    first = site.language
    second: Language = "en" if first == "zh" else "zh"
    sites = (site, site._replace(language=second))
    subject = " / ".join(one.say("mail_subject") for one in sites)
    text = "\n\n".join(_text(user, url, expires_at, one) for one in sites)
    body = "<hr>".join(_html(user, url, expires_at, one) for one in sites)
    return Letter(f"{site.organisation}: {subject}" if site.organisation else subject, Secret(text), _document(body))


def _text(user: str, url: Secret, expires_at: float, site: Site) -> str:
    lines = (
        site.name,
        site.say("mail_hello").format(user=user),
        f"{site.say('mail_open')}\n{url.reveal()}",
        f"{site.say('until')}: {moment(expires_at, site.language)}",
        site.say("once"),
        site.ask_plainly(),
    )
    return "\n\n".join(lines)


def _html(user: str, url: Secret, expires_at: float, site: Site) -> str:
    language = "zh-CN" if site.language == "zh" else "en"
    time = f'<time datetime="{rfc3339(expires_at)}">{moment(expires_at, site.language)}</time>'
    button = f'<a href="{escape(url.reveal())}" style="{_BUTTON}">{site.say("mail_button")}</a>'
    return (
        f'<div lang="{language}" style="{_CARD}"><p><strong>{escape(site.name)}</strong></p>'
        f"<p>{escape(site.say('mail_hello').format(user=user))}</p><p>{button}</p>"
        f"<p>{site.say('until')}: {time}</p><p>{site.say('once')}</p><p>{site.ask()}</p></div>"
    )


def _document(body: str) -> Secret:
    return Secret(f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>')
