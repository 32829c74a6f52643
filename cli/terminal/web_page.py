"""An HTML page in one file that loads nothing else; its policy allows its style and its script by their hashes.

https://www.w3.org/TR/CSP3/
"""

from __future__ import annotations

import base64
import hashlib
from html import escape

from cli.language import language

STYLE = """
:root{color-scheme:light dark;--ground:#fff;--text:#16202e;--quiet:#4a5667;--line:#dbe2ea;--tint:#f5f8fc;--bad:#a3261b}
@media(prefers-color-scheme:dark){:root{--ground:#0e131a;--text:#edf2f8;--quiet:#b1bdcb;--line:#303c4b;--tint:#19212c;\
--bad:#ff9d92}}
body{margin:2rem;background:var(--ground);color:var(--text);\
font:.95rem/1.5 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
h1{font-size:1.4rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
p{color:var(--quiet);margin:.25rem 0 1rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{border-bottom:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}
td{min-width:6rem;overflow-wrap:anywhere}
th{background:var(--tint);position:sticky;top:0}
th button{all:unset;cursor:pointer;font-weight:600}
th button:focus-visible{outline:2px solid}
th[aria-sort=ascending] button::after{content:" \\25B2"}
th[aria-sort=descending] button::after{content:" \\25BC"}
td div+div{margin-top:.3rem}
small{color:var(--quiet)}
.bad{color:var(--bad);font-weight:600}
img{max-width:100%;height:auto;background:#fff}
@page{size:A4 landscape;margin:12mm}
@media print{body{margin:0;font-size:.7rem}td{min-width:0}th{position:static}tr{break-inside:avoid}a{color:inherit}\
thead{display:table-header-group}}
"""

SORT = """
for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
  const head = button.parentNode, table = head.closest("table"), body = table.tBodies[0];
  const down = head.getAttribute("aria-sort") === "ascending", place = head.cellIndex;
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const text = row => row.cells[place].dataset.sort ?? row.cells[place].textContent.trim();
  const order = new Intl.Collator(document.documentElement.lang, {numeric: true}).compare;
  const rows = [...body.rows].sort((one, other) => order(text(one), text(other)));
  body.append(...(down ? rows.reverse() : rows));
});
"""


def page(title: str, content: str, *, script: str = "", images: bool = False) -> str:
    """The whole document; `content` is HTML, `title` is text. `images`: whether it contains embedded pictures."""
    styles, lang = STYLE, "zh-CN" if language() == "zh" else "en"
    scripts = _hash(script) if script else "'none'"
    policy = f"default-src 'none'; style-src {_hash(styles)}; script-src {scripts}" + (
        "; img-src data:" if images else ""
    )
    code = f"<script>{script}</script>" if script else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{styles}</style>\n</head>\n"
        f"<body>\n<h1>{escape(title)}</h1>\n{content}{code}</body>\n</html>\n"
    )


def table(heads: list[str], rows: list[list[str]], *, sortable: bool = False) -> str:
    """A table whose cells are HTML; the heads are text."""
    names = [f"<button type=button>{escape(head)}</button>" if sortable else escape(head) for head in heads]
    top = "".join(f"<th scope=col>{name}</th>" for name in names)
    body = "\n".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n'


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
