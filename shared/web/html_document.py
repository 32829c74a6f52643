"""The HTML document around the content of a page: one card, light or dark, readable from a width of 320 pixels.

The only style sheet is part of the page and allowed by its hash. Nothing else can be loaded, run or framed
(https://www.w3.org/TR/CSP3/).
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from shared.web.language import tag
from shared.web.site import Site

STYLE = """
:root{color-scheme:light dark;--ground:#eef2f7;--card:#fff;--text:#16202e;--quiet:#4a5667;--line:#dbe2ea;\
--strong:#0b57c2;--on-strong:#fff;--hover:#08449a;--bad:#a3261b;--on-bad:#fff;--tint:#f5f8fc}
@media(prefers-color-scheme:dark){:root{--ground:#0e131a;--card:#19212c;--text:#edf2f8;--quiet:#b1bdcb;\
--line:#303c4b;--strong:#8ab8ff;--on-strong:#08172c;--hover:#b0cfff;--bad:#ff9d92;--on-bad:#2b0a06;--tint:#202a37}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;justify-content:center;\
padding:1rem;background:var(--ground);color:var(--text);\
font:1rem/1.6 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
header{width:100%;max-width:40rem;margin-bottom:.75rem;font-weight:600;overflow-wrap:anywhere}
main{width:100%;max-width:40rem;padding:2rem;background:var(--card);border:1px solid var(--line);\
border-radius:1rem;box-shadow:0 .5rem 2rem rgba(15,25,40,.08);overflow-wrap:anywhere}
h1{margin:0 0 1.25rem;font-size:1.5rem;line-height:1.3;text-wrap:balance}
main.bad h1{color:var(--bad)}
p{margin:1rem 0 0}
h2{margin:1.75rem 0 0;font-size:1rem}
ul{margin:.5rem 0 0;padding-left:1.15rem;color:var(--quiet);font-size:.9rem}
li+li{margin-top:.4rem}
p.ask{margin-top:1.75rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--quiet);font-size:.9rem}
a{color:var(--strong)}
time span{white-space:nowrap}
dl{margin:0;padding:.25rem 1rem;background:var(--tint);border-radius:.75rem}
dl div{padding:.6rem 0}
dl div+div{border-top:1px solid var(--line)}
dt{color:var(--quiet);font-size:.9rem}
dd{margin:0;font-weight:600}
form{margin:1.5rem 0 0}
.button{display:block;width:100%;padding:.85rem 1rem;border:0;border-radius:.75rem;background:var(--strong);\
color:var(--on-strong);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.button:hover{background:var(--hover)}
.alarm,.alarm:hover{background:var(--bad);color:var(--on-bad)}
.button:focus-visible{outline:3px solid var(--strong);outline-offset:3px}
code{display:block;margin-top:.4rem;padding:.5rem .75rem;overflow-x:auto;white-space:nowrap;background:var(--tint);\
color:var(--text);border-radius:.5rem;font:.85rem/1.5 ui-monospace,SFMono-Regular,Consolas,monospace}
@media(max-width:26rem){main{padding:1.25rem}h1{font-size:1.3rem}}
@media print{:root{color-scheme:light;--ground:#fff;--card:#fff;--text:#000;--quiet:#333;--line:#999;--tint:#fff;\
--bad:#000;--strong:#000}body{display:block;min-height:0}main{padding:1rem 0;border:0;box-shadow:none}\
form{display:none}header,main{max-width:none}code{padding:0;font-size:.8rem}}
@media(forced-colors:active){main,.button{border:1px solid}}
"""


def page(title: str, content: str, site: Site, *, bad: bool = False, head: str = "") -> str:
    """The whole document. `content` and `head` are HTML, `title` is text. It ends with the contact for questions."""
    name, heading = escape(site.name), escape(title)
    return (
        f'<!doctype html><html lang="{tag(site.language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        f"{head}<title>{heading} – {name}</title><style>{STYLE}</style></head><body><header><span>{name}</span>"
        f"</header><main{' class=bad' if bad else ''}><h1>{heading}</h1>{content}"
        f"<p class=ask>{site.ask()}</p></main></body></html>"
    )


def security_policy(*form_targets: str) -> str:
    """The Content-Security-Policy. Chrome checks the redirect after a form against `form-action`, too."""
    style = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    forms = " ".join(form_targets or ("'none'",))
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
    )


def facts(rows: list[tuple[str, str]]) -> str:
    """A list of terms and values. The terms are texts, the values are HTML."""
    return "<dl>" + "".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in rows) + "</dl>"
