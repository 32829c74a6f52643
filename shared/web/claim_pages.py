"""The pages behind a credentials link: to pick up the file, after it was opened, and for errors."""

from __future__ import annotations

from html import escape

from shared.clock import parse_rfc3339, rfc3339
from shared.credentials.pick_up_records import Opening, PickUpLink
from shared.credentials.pick_up_state import FileState
from shared.web.html_document import facts, page
from shared.web.language import moment_parts
from shared.web.site import Site

ANSWER = ("answer", "not-me")
"""The name and value of the form field for "it was not me"."""
COMMANDS = {
    "age": "age -d -i key.txt -o credentials.csv credentials.csv.age",
    "ssh-ed25519": "age -d -i ~/.ssh/id_ed25519 -o credentials.csv credentials.csv.age",
    "ssh-rsa": "age -d -i ~/.ssh/id_rsa -o credentials.csv credentials.csv.age",
}
"""The command that decrypts a file, for each kind of key. It writes to a file, so that no terminal shows the
password.
"""


def ready(link: PickUpLink, site: Site) -> str:
    """The page with the button: for whom the credentials are, until when, and what to do next."""
    rows = [(site.say("for"), escape(link.user)), (site.say("until"), _time(link.expires_at, site))]
    content = f"{facts(rows)}<p>{site.say('once')}</p>{_form(site.say('download'))}{_next(link, site)}"
    return page(site.say("ready"), content, site)


def opened(link: PickUpLink, state: FileState, site: Site) -> str:
    """The page for a file that was opened: when, from where, and what to do; or that the sweep has closed it."""
    opening = state.opening
    if opening is None:
        return ready(link, site)
    if opening.by == "sweep":
        rows = [(site.say("for"), escape(link.user)), (site.say("closed_at"), _at(opening, site))]
        return page(site.say("closed"), f"{facts(rows)}<p>{site.say('ask_new')}</p>", site)
    where = escape(opening.address) or site.say("unknown")
    rows = [
        (site.say("for"), escape(link.user)),
        (site.say("opened_at"), _at(opening, site)),
        (site.say("opened_from"), where),
    ]
    content = facts(rows) + (_again(link, site) if state.again else _what_now(state, site))
    return page(site.say("opened_here" if state.own else "opened"), content, site, bad=not state.own)


def download(url: str, link: PickUpLink, site: Site) -> str:
    """The page with a link to the file, for a gateway that cannot redirect."""
    address = escape(url)
    button = f'<form><a class="button" href="{address}">{site.say("download")}</a></form>'
    content = f"<p>{site.say('one_minute')}</p>{button}{_next(link, site)}"
    return page(site.say("on_its_way"), content, site, head=f'<meta http-equiv="refresh" content="0;url={address}">')


def plain(name: str, site: Site) -> str:
    """A page with one text: `lost`, `method`, `later` or `broken`."""
    return page(site.say(name), f"<p>{site.say(f'{name}_why')}</p>", site)


def _again(link: PickUpLink, site: Site) -> str:
    return f"<p>{site.say('again')}</p>{_form(site.say('download_again'))}{_next(link, site)}"


def _what_now(state: FileState, site: Site) -> str:
    question = f"<p>{site.say('was_it_you_here' if state.own else 'was_it_you')}</p>"
    if state.disputed is not None:
        return f"{question}<p><strong>{site.say('reported')}</strong> {_at(state.disputed, site)}</p>"
    button = f'<button class="button alarm" type="submit" name="{ANSWER[0]}" value="{ANSWER[1]}">'
    return f'{question}<p>{site.say("not_you")}</p><form method="post">{button}{site.say("not_me")}</button></form>'


def _next(link: PickUpLink, site: Site) -> str:
    """The steps after the download: read the file, log in, keep the key secret."""
    steps = [_decrypt(link, site)] if link.key_kind in COMMANDS else []
    steps += [site.say("step_login"), site.say("step_key"), site.say("step_keep")]
    return f"<h2>{site.say('next')}</h2><ul>" + "".join(f"<li>{step}</li>" for step in steps) + "</ul>"


def _decrypt(link: PickUpLink, site: Site) -> str:
    return f'{site.say(f"decrypt_{link.key_kind[:3]}")}<code tabindex="0">{COMMANDS[link.key_kind]}</code>'


def _form(text: str) -> str:
    return f'<form method="post"><button class="button" type="submit">{text}</button></form>'


def _at(opening: Opening, site: Site) -> str:
    return _time(parse_rfc3339(opening.at), site)


def _time(at: float, site: Site) -> str:
    # A line may break only between date and time, so the zone stays with its time.
    day, time = moment_parts(at, site.language)
    return f'<time datetime="{rfc3339(at)}"><span>{day}</span> <span>{time}</span></time>'
