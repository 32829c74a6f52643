"""`im-access review`: every user's policies and keys, since when, until when and from whom, for an access review."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

import click

from cli.commands import review_page
from cli.commands.users import name_of, state_of
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.cam_snapshot import Facts, Gathered, Gathering
from cli.records.timeline import Held, Timeline
from cli.terminal import spreadsheet, table
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, page_for_a_file, put
from shared.clock import rfc3339
from shared.policies.recorded_users import RecordedUser
from shared.tencent.cam_listing import AccessKey

FORMS = ("table", "csv", "html", "json")
ENDINGS = {"": "table", ".txt": "table", ".csv": "csv", ".html": "html", ".htm": "html", ".json": "json"}
COLUMNS = ("user", "state", "policy", "since", "until", "given_by", "beyond", "keys", "last_login")
SHEET = (
    "user", "uin", "state", "console_login", "created_in_cam", "last_login", "policy", "since", "until", "given_by",
    "source", "reason", "ticket", "requested_by", "approved_by", "request_id", "beyond", "by_group", "keys",
)  # fmt: skip


@command("review", example="im-access review --format html --output review.html")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="of the output; by the file's name if not said, else a table"
)
@click.option("--output", type=OUTPUT, metavar="FILE", help="where it goes, if not to the terminal")
@click.option("--quick", is_flag=True, help="without groups, last uses and last logins, which CAM tells slowly")
@click.option("--resume", is_flag=True, help="go on where the last review was interrupted")
@click.pass_obj
def review(console: Console, form: str | None, output: str | None, quick: bool, resume: bool) -> int:
    """Every user: state, policies, keys, last login, and what CAM has beyond the records."""
    form = "json" if console.as_json else form or _form_of(output)
    if form == "html":
        page_for_a_file(console, output, "review.html")
    console.progress.step(_("reading records and CAM"))
    found, timeline = Gathering(console, quick=quick, resume=resume).all(), Timeline(console)
    rows = list(people(console, timeline, found))
    if form == "table" and output is None:
        console.show([_line(row) for row in flat(rows)], COLUMNS)
    else:
        put(console, output, _text(rows, form, rfc3339(console.clock.now())))
    return FAILED if timeline.warn() else OK


def _form_of(output: str | None) -> str:
    """The format that a file's name asks for by its ending. Raises BadParameter for an unknown ending."""
    ending = PurePath(output or "").suffix.lower()
    if ending not in ENDINGS:
        problem = _("{ending} is the ending of no form: {forms}")
        forms = ", ".join(filter(None, ENDINGS))
        raise click.BadParameter(problem.format(ending=ending, forms=forms), param_hint="'--output'")
    return ENDINGS[ending]


def people(console: Console, timeline: Timeline, found: Gathered) -> Iterator[dict[str, Any]]:
    """A row for each user that CAM or the records know."""
    records = timeline.everybody()
    uins = sorted(found.users.keys() | records.keys(), key=lambda uin: (name_of(uin, found.users, records), uin))

    def held(uin: int) -> list[Held]:
        return timeline.look(records.get(uin), lambda record: timeline.held_at(record, None), [])

    having = console.each(held, uins, _("users looked at"))
    timeline.requests.load(one.event.request for some in having for one in some)
    for uin, some in zip(uins, having, strict=True):
        record, user = records.get(uin), found.users.get(uin)
        facts = found.facts.get(uin, Facts((), ()))
        yield {
            "user": name_of(uin, found.users, records),
            "uin": uin,
            "state": state_of(timeline, record, user),
            "since": _since(timeline, record),
            "console_login": user.console_login if user else None,
            "created_in_cam": user.created if user else None,
            "last_login": found.last_logins.get(uin),
            "policies": [_policy(timeline, one) for one in some],
            "beyond": sorted(set(facts.direct) - {one.policy for one in some}),
            "by_group": {name: list(groups) for name, groups in (facts.groups or {}).items()},
            "keys": [_about_key(key, found, console.clock.now()) for key in facts.keys],
        }


def _about_key(key: AccessKey, found: Gathered, now: float) -> dict[str, Any]:
    return {**key._asdict(), "age_days": key.age_days(now), "last_used": found.last_uses.get(key.secret_id)}


def _since(timeline: Timeline, record: RecordedUser | None) -> str | None:
    life = timeline.look(record, lambda record: timeline.life_at(record, None), None)
    return rfc3339(life.life.time / 1_000_000) if life else None


def _policy(timeline: Timeline, one: Held) -> dict[str, Any]:
    behind = timeline.requests.read(one.event.request)
    who = [behind.command.get("requested_by"), behind.caller]
    return {
        "policy": one.policy,
        "since": rfc3339(one.applied),
        "until": behind.command.get("until"),
        "given_by": next((name for name in who if name), None),
        "source": _source(behind.identity),
        **behind.why,
        "request_id": behind.request_id,
    }


def _source(identity: tuple[str, ...]) -> str | None:
    """Where a request came from: the source of its event, else the kind of its identity."""
    place = 1 if identity[:1] == ("cloudevents",) else 0
    return identity[place] if len(identity) > place else None


def flat(rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row for each policy, or one for a user without policies; keys and what the records do not explain are texts."""
    for row in rows:
        about = {
            **row,
            "keys": [_key(key) for key in row["keys"]],
            "aged": [_aged(key) for key in row["keys"]],
            "by_group": [f"{name} ({', '.join(groups)})" for name, groups in row["by_group"].items()],
        }
        for policy in row["policies"] or [{"policy": None, "since": None}]:
            yield about | policy


def _key(key: dict[str, Any]) -> str:
    state = _("works") if key["active"] else _("inactive")
    used = f", {_('last used')} {key['last_used']}" if key["last_used"] else ""
    return f"{key['secret_id']} ({state}, {key['created'] or '?'}, {age(key)}{used})"


def _aged(key: dict[str, Any]) -> str:
    return f"{_('works') if key['active'] else _('inactive')}, {age(key)}"


def age(key: dict[str, Any]) -> str:
    """How old a key is, in words."""
    return "?" if key["age_days"] is None else _("{days} days old").format(days=key["age_days"])


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a terminal, which shows for each key whether it is enabled, and its age."""
    return row | {"keys": "; ".join(row["aged"]) or None, "beyond": row["beyond"] or None}


def _text(rows: list[dict[str, Any]], form: str, now: str) -> str:
    if form == "csv":
        return spreadsheet.csv(flat(rows), SHEET)
    if form == "table":
        return table.text([_line(row) for row in flat(rows)], COLUMNS)
    return review_page.page(rows, now) if form == "html" else spreadsheet.json_text(rows)
