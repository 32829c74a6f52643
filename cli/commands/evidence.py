"""`im-access evidence USER`: one file for an auditor, with the objects of the bucket that prove its content."""

from __future__ import annotations

import hashlib
from html import escape
from typing import Any

import click

from cli.exit_codes import OK
from cli.language import _
from cli.records.life_events import events
from cli.records.timeline import Timeline
from cli.terminal import spreadsheet, web_page
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, page_for_a_file, put
from cli.terminal.table import cell
from shared.clock import rfc3339
from shared.tencent.cam import Cam
from shared.tencent.cam_listing import Listing
from shared.tencent.cos import Cos
from shared.version import __version__

_EVENT = ("time", "applied", "event", "policy", "outcome", "requested_by", "approved_by", "ticket", "reason", "caller")


@command("evidence", example="im-access evidence alice --format html --output alice.html")
@click.argument("user")
@click.option("--format", "form", type=click.Choice(["html", "json"]), default="html", help="of the file")
@click.option("--output", type=OUTPUT, metavar="FILE", help="where it goes, if not to the terminal")
@click.pass_obj
def evidence(console: Console, user: str, form: str, output: str | None) -> int:
    """One file for an auditor: who asked, who approved, when it took effect, what is left."""
    as_json = console.as_json or form == "json"
    if not as_json:
        page_for_a_file(console, output, f"{user}.html")
    console.progress.step(_("reading the records of {user}").format(user=user))
    content = collect(console, user)
    if not content["events"] and content["left"] is None:
        raise LookupError(_("Nothing is recorded for {user}.").format(user=user))
    text = spreadsheet.json_text(content) if as_json else page(content)
    put(console, output, text)
    return OK


def collect(console: Console, user: str) -> dict[str, Any]:
    """Collect the content of the file."""
    timeline, api = Timeline(console), console.api()
    shown = Cam(api).user(user)
    records = timeline.of_name(user, shown.uin if shown else None)
    rows = events(timeline, user, records)
    caller = api.read("sts", "GetCallerIdentity", {})
    return {
        "v": 1,
        "user": user,
        "uins": sorted({row["uin"] for row in rows if row["uin"]} | ({shown.uin} if shown else set())),
        "as_of": rfc3339(console.clock.now()),
        "made_by": {"arn": caller.get("Arn"), "tool": f"im-access {__version__}"},
        "bucket": console.container().settings.bucket,
        "events": rows,
        "left": _left(Cam(api), Listing(api), user, shown.uin) if shown else None,
        "objects": _objects(console, sorted({key for row in rows for key in row["objects"]})),
    }


def _left(cam: Cam, listing: Listing, name: str, uin: int) -> dict[str, Any]:
    """What the user still has in CAM."""
    login = next((user.console_login for user in listing.users() if user.uin == uin), None)
    return {
        "user": name,
        "uin": uin,
        "console_login": login,
        "active_keys": [key.secret_id for key in listing.keys(uin) if key.active],
        "policies": sorted(cam.attached(uin).values()),
        "groups": sorted(cam.groups(uin)),
        "policies_for_im": listing.opens(uin, "im"),
    }


def _objects(console: Console, keys: list[str]) -> list[dict[str, Any]]:
    """Each object with the digest of its content, so that anybody with the bucket can compare."""
    cos: Cos = console.cos()
    found = console.each(cos.get, keys, _("objects read"))
    return [
        {"key": key, "sha256": hashlib.sha256(one.body).hexdigest() if one else None}
        for key, one in zip(keys, found, strict=True)
    ]


def page(content: dict[str, Any]) -> str:
    """The content as an HTML document."""
    names = ["applied at" if name == "applied" else name.replace("_", " ") for name in _EVENT]
    heads = [_(name) for name in (*names, "credentials", "request id")]
    rows = [_event(row) for row in content["events"]]
    objects = [[_code(one["key"]), _code(one["sha256"] or "–")] for one in content["objects"]]
    about = _("{user} (UIN {uins}), bucket {bucket}, as of {now}, by {who}.").format(
        user=content["user"],
        uins=", ".join(map(str, content["uins"])) or "–",
        bucket=content["bucket"],
        now=content["as_of"],
        who=f"{content['made_by']['arn']}, {content['made_by']['tool']}",
    )
    return web_page.page(
        _("Evidence of access: {user}").format(user=content["user"]),
        f"<p>{escape(about)}</p>\n"
        f"<h2>{_('What was asked, and what was done')}</h2>\n{web_page.table(heads, rows)}"
        f"<h2>{_('What is left in CAM')}</h2>\n{_left_table(content['left'])}"
        f"<h2>{_('The records that this rests on')}</h2>\n{web_page.table([_('object key'), 'SHA-256'], objects)}",
    )


def _code(value: str) -> str:
    return f"<code>{escape(value)}</code>"


def _event(row: dict[str, Any]) -> list[str]:
    """The cells of an event's row; for an offboard also what it closed."""
    cells = {name: escape(cell(row[name])) for name in _EVENT}
    for name, value in row["closed"].items():
        cells["outcome"] += f"<br><small>{escape(_(name.replace('_', ' ')))}: {escape(_flat(value))}</small>"
    return [*cells.values(), _credentials(row), row["request_id"]]


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{_(str(name))} {cell(one or None)}" for name, one in value.items())
    return cell(value)


def _credentials(row: dict[str, Any]) -> str:
    found = row["credentials"]
    if not found:
        return "–"
    return escape(" ".join(filter(None, (_(found["state"]), found["at"], found["address"]))))


def _left_table(left: dict[str, Any] | None) -> str:
    if left is None:
        return f"<p>{_('CAM has no user of this name any more.')}</p>\n"
    cells = {name: None if value in ([], ()) else value for name, value in left.items()}
    rows = [[escape(_(name.replace("_", " "))), escape(cell(value))] for name, value in cells.items()]
    return web_page.table([_("what"), _("in CAM")], rows)
