"""A page around its content: one card, light or dark, readable from 320 pixels on.

The one style sheet stands in the page and is allowed by its hash; nothing else may be loaded, run or framed
(https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from shared.web.language import Language
from shared.web.texts import TEXTS

STYLE = """
:root{color-scheme:light dark;--ground:#eef2f7;--card:#fff;--text:#16202e;--quiet:#4a5667;--line:#dbe2ea;\
--strong:#0b57c2;--on-strong:#fff;--hover:#08449a;--bad:#a3261b;--tint:#f5f8fc}
@media(prefers-color-scheme:dark){:root{--ground:#0e131a;--card:#19212c;--text:#edf2f8;--quiet:#b1bdcb;\
--line:#303c4b;--strong:#8ab8ff;--on-strong:#08172c;--hover:#b0cfff;--bad:#ff9d92;--tint:#202a37}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;\
padding:1rem;background:var(--ground);color:var(--text);\
font:1rem/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{width:100%;max-width:30rem;margin-bottom:.75rem;color:var(--quiet);font-size:.9rem;display:flex;\
align-items:center;gap:.5rem}
header svg{flex:none;width:1.25rem;height:1.25rem;color:var(--strong)}
main{width:100%;max-width:30rem;padding:2rem;background:var(--card);border:1px solid var(--line);\
border-radius:1rem;box-shadow:0 .5rem 2rem rgba(15,25,40,.08);overflow-wrap:anywhere}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.3;text-wrap:balance}
main.bad h1{color:var(--bad)}
p{margin:1rem 0 0}
p.quiet{color:var(--quiet);font-size:.9rem}
dl{margin:0;padding:.25rem 1rem;background:var(--tint);border-radius:.75rem}
dl div{padding:.6rem 0}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--quiet);font-size:.9rem}
dd{margin:0;font-weight:600}
form{margin:1.5rem 0 0}
.button{display:block;width:100%;padding:.85rem 1rem;border:0;border-radius:.75rem;background:var(--strong);\
color:var(--on-strong);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button:hover{background:var(--hover)}
.button:focus-visible{outline:3px solid var(--strong);outline-offset:3px}
code{display:block;margin-top:.4rem;padding:.5rem .75rem;background:var(--tint);border-radius:.5rem;\
font:.85rem/1.5 ui-monospace,SFMono-Regular,Consolas,monospace}
@media(max-width:26rem){main{padding:1.25rem}h1{font-size:1.3rem}}
@media(forced-colors:active){main,.button{border:1px solid}}
"""
_KEY = (
    '<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
    'stroke-linejoin="round" aria-hidden="true"><circle cx="8" cy="15" r="4"/><path d="M11 12l8-8m-3 3 3 3"/></svg>'
)


def page(title: str, content: str, language: Language, *, bad: bool = False, head: str = "") -> str:
    """The whole document; `content` and `head` are HTML, `title` is text."""
    name = TEXTS["name"][language]
    return (
        f'<!doctype html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"{head}<title>{escape(title)}</title><style>{STYLE}</style></head><body><header>{_KEY}<span>{name}</span>"
        f"</header><main{' class=bad' if bad else ''}><h1>{escape(title)}</h1>{content}</main></body></html>"
    )


def security_policy(*form_targets: str) -> str:
    """The Content-Security-Policy. Chrome holds the redirect that follows a form against `form-action` as well."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    forms = " ".join(form_targets or ("'none'",))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


def facts(rows: list[tuple[str, str]]) -> str:
    """Terms and their values: a term is one of our texts, a value is HTML."""
    return "<dl>" + "".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in rows) + "</dl>"
