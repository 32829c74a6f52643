"""The mail with the link to the credentials page, in both languages, in the style of the page.

Its only secret is the link, which the person needs.
"""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from shared.clock import rfc3339
from shared.secret import Secret
from shared.web.language import Language, moment, moment_parts, tag
from shared.web.site import Site

_FONT = "font:16px/1.6 system-ui,'PingFang SC','Microsoft YaHei',sans-serif"
_GROUND = f"margin:0;padding:16px;background:#eef2f7;color:#16202e;{_FONT}"
_CARD = (
    "max-width:32rem;margin:0 auto 24px;padding:24px;background:#fff;color:#16202e;border:1px solid #dbe2ea;"
    "border-radius:16px;overflow-wrap:anywhere"
)
_TITLE = "margin:16px 0;font-size:22px;line-height:1.3"
_FACTS = "margin:0;padding:6px 16px;background:#f5f8fc;border-radius:12px"
_BUTTON = (
    "display:block;padding:14px 16px;border-radius:12px;background:#0b57c2;color:#fff;font-weight:600;"
    "text-align:center;text-decoration:none"
)
_HEADING = "margin:24px 0 0;font-size:16px"
_QUIET = "color:#4a5667;font-size:14px"
_STEPS = ("step_login", "step_key", "step_keep")


class InvitationMail(NamedTuple):
    """The content of a mail; `text` and `html` hold the link."""

    subject: str
    text: Secret
    html: Secret


def invitation(user: str, url: Secret, expires_at: float, site: Site) -> InvitationMail:
    """The mail for a user whose credentials can be picked up until then. The site's language comes first."""
    first = site.language
    second: Language = "en" if first == "zh" else "zh"
    sites = (site, site._replace(language=second))
    subject = " / ".join(one.say("mail_subject") for one in sites)
    text = "\n\n".join(_text(user, url, expires_at, one) for one in sites)
    body = "".join(_html(user, url, expires_at, one) for one in sites)
    return InvitationMail(
        f"{site.organisation}: {subject}" if site.organisation else subject, Secret(text), _document(body, first)
    )


def _text(user: str, url: Secret, expires_at: float, site: Site) -> str:
    lines = (
        site.name,
        site.say("mail_hello").format(user=user),
        f"{site.say('mail_open')}\n{url.reveal()}",
        f"{site.say('until')}: {moment(expires_at, site.language)}",
        site.say("mail_once"),
        f"{site.say('next')}\n" + "\n".join(f"- {site.say(step)}" for step in _STEPS),
        site.ask_plainly(),
    )
    return "\n\n".join(lines)


def _html(user: str, url: Secret, expires_at: float, site: Site) -> str:
    day, time = (f'<span style="white-space:nowrap">{part}</span>' for part in moment_parts(expires_at, site.language))
    facts = (
        (site.say("for"), escape(user)),
        (site.say("until"), f'<time datetime="{rfc3339(expires_at)}">{day} {time}</time>'),
    )
    return (
        f'<div lang="{tag(site.language)}" style="{_CARD}"><strong>{escape(site.name)}</strong>'
        f'<h1 style="{_TITLE}">{site.say("ready")}</h1><div style="{_FACTS}">{"".join(map(_fact, facts))}</div>'
        f"<p>{site.say('mail_once')}</p>"
        f'<p><a href="{escape(url.reveal())}" style="{_BUTTON}">{site.say("mail_button")}</a></p>'
        f'<h2 style="{_HEADING}">{site.say("next")}</h2><ul style="{_QUIET};margin:8px 0 0;padding-left:18px">'
        f"{''.join(f'<li>{site.say(step)}</li>' for step in _STEPS)}</ul>"
        f'<p style="{_QUIET};margin:24px 0 0">{site.ask()}</p></div>'
    )


def _fact(fact: tuple[str, str]) -> str:
    return f'<div style="padding:6px 0"><div style="{_QUIET}">{fact[0]}</div><strong>{fact[1]}</strong></div>'


def _document(body: str, language: Language) -> Secret:
    """The HTML. It declares light colours, because mail programs with a dark mode may change background and text
    together.
    """
    return Secret(
        f'<!doctype html><html lang="{tag(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta name="color-scheme" content="light"></head><body style="{_GROUND}">{body}</body></html>'
    )
