"""The pages of a credentials link: to claim, claimed already, and everything that can be wrong."""

from __future__ import annotations

from html import escape

from shared.clock import parse_rfc3339, rfc3339
from shared.credentials.pick_up import Opening, PickUpLink
from shared.web.document import facts, page
from shared.web.language import Language, moment
from shared.web.texts import TEXTS


def ready(link: PickUpLink, language: Language) -> str:
    """For whom, until when, and the button."""
    words = _Words(language)
    rows = [(words("for"), escape(link.user)), (words("until"), _time(link.expires_at, language))]
    content = (
        f"{facts(rows)}<p>{words('once')}</p>"
        f'<form method="post"><button class="button" type="submit">{words("download")}</button></form>'
        f'<p class="quiet">{words("keep")}</p>{_how_to_read(link.file, words)}'
    )
    return page(words("ready"), content, language)


def opened(link: PickUpLink, opening: Opening, language: Language) -> str:
    """When the file was opened and from where, and what to do about it; or that the sweep has closed it."""
    words = _Words(language)
    at = _time(parse_rfc3339(opening.at), language)
    if opening.by == "sweep":
        rows = [(words("for"), escape(link.user)), (words("closed_at"), at)]
        return page(words("closed"), f"{facts(rows)}<p>{words('ask_new')}</p>", language)
    where = escape(opening.address) or words("unknown")
    rows = [(words("for"), escape(link.user)), (words("opened_at"), at), (words("opened_from"), where)]
    content = f"{facts(rows)}<p>{words('was_it_you')}</p><p><strong>{words('not_you')}</strong></p>"
    return page(words("opened"), content, language, bad=True)


def download(link: str, language: Language) -> str:
    """The link itself, for a gateway that cannot redirect."""
    words, url = _Words(language), escape(link)
    content = f'<p>{words("one_minute")}</p><form><a class="button" href="{url}">{words("download")}</a></form>'
    return page(words("on_its_way"), content, language, head=f'<meta http-equiv="refresh" content="0;url={url}">')


def plain(name: str, language: Language) -> str:
    """One of the pages that say nothing but `lost`, `method`, `later` or `broken`."""
    words = _Words(language)
    return page(words(name), f"<p>{words(f'{name}_why')}</p>", language)


class _Words:
    def __init__(self, language: Language) -> None:
        self._language = language

    def __call__(self, name: str) -> str:
        return TEXTS[name][self._language]


def _time(at: float, language: Language) -> str:
    return f'<time datetime="{rfc3339(at)}">{moment(at, language)}</time>'


def _how_to_read(file: str, words: _Words) -> str:
    if not file.endswith(".age"):
        return ""
    return f'<p class="quiet">{words("encrypted")}<code>age -d -i ~/.ssh/id_ed25519 credentials.csv.age</code></p>'
