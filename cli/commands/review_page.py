"""The access review as one HTML page, for screen and paper."""

from __future__ import annotations

from html import escape
from typing import Any

from cli.language import _
from cli.terminal import web_page
from cli.terminal.table import cell


def page(rows: list[dict[str, Any]], now: str) -> str:
    """The document; a row for each user."""
    heads = [_(name) for name in ("user", "state", "policies", "beyond", "by group", "keys", "last login")]
    heading = _("{users} users, as of {now}.").format(users=len(rows), now=now)
    table = web_page.table(heads, [_cells(row) for row in rows], sortable=True)
    return web_page.page(_("Access review"), f"<p>{escape(heading)}</p>\n{table}", script=web_page.SORT)


def _cells(row: dict[str, Any]) -> list[str]:
    login = ""
    if row["console_login"] is not None:
        login = f"<br><small>{_('console login')}: {cell(row['console_login'])}</small>"
    since = f"<br><small>{escape(row['since'])}</small>" if row["since"] else ""
    return [
        f"{escape(cell(row['user']))}<br><small>{row['uin']}</small>",
        escape(cell(row["state"])) + since + login,
        "".join(_policy(one) for one in row["policies"]) or "–",
        "".join(f'<div class="bad">{escape(cell(name))}</div>' for name in row["beyond"]) or "–",
        "".join(
            f"<div>{escape(cell(name))}<br><small>{escape(cell(groups))}</small></div>"
            for name, groups in row["by_group"].items()
        )
        or "–",
        "".join(_key(key) for key in row["keys"]) or "–",
        escape(cell(row["last_login"])),
    ]


def _policy(one: dict[str, Any]) -> str:
    names = ("since", "until", "given_by", "approved_by", "ticket", "reason")
    about = [f"{_(name.replace('_', ' '))}: {cell(one.get(name))}" for name in names if one.get(name)]
    return f"<div>{escape(cell(one['policy']))}<br><small>{escape(' · '.join(about))}</small></div>"


def _key(key: dict[str, Any]) -> str:
    state = _("works") if key["active"] else _("inactive")
    used = f"{_('last used')}: {key['last_used']}" if key["last_used"] else ""
    old = "" if key["age_days"] is None else _("{days} days old").format(days=key["age_days"])
    about = " · ".join(filter(None, (state, old, key["created"], used)))
    return f"<div>{escape(key['secret_id'])}<br><small>{escape(about)}</small></div>"
