"""Finds credentials files that nobody has picked up, from the links below `claims/`, once in a run for two duties.

A file can have several links, and an old link does not mean that the file has no newer one. So old links only show
which files may be due. Before anything is done with a file, the newer links are read too, to leave out the files with a
valid one. Few files are due at a time, so mostly one listing is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shared.concurrency import each
from shared.credentials.pick_up_records import CLAIMS, Opening, PickUpLink, digest, read_opening
from shared.errors import ImAccessError
from shared.ports import Clock, Listed, Store
from shared.use_cases.duties.cursor import Cursor, Position
from shared.use_cases.duties.duty import Late
from shared.use_cases.duties.waiting_files import MARKS, FoundFiles, WaitingFile, waiting_file

MANY = 100_000
"""The most objects of a listing that are read: a hundred calls."""
GRACE = 120.0
"""Seconds after a link's end before its file may be deleted, because a last download may take a minute."""
LONGEST_LINK = 12 * 3600.0
PAGE = 2000
"""The most links that are read in a run; a round takes as many runs as there are pages."""
_AT_ONCE = 500
_FEW = 7
"""Up to this number, objects are read one after the other; more are read in parallel."""
_COSTLY = 200
"""From this number of old links on, a walk through all of them is followed by a rest."""
_REST = 3600.0


class ClaimLinks:
    """The links below `claims/`, in one run. `rules`: the settings of the sweep; after a change there is no rest."""

    def __init__(self, store: Store, clock: Clock, hours: int, cursor: Cursor, rules: str) -> None:
        self._store = store
        self._clock = clock
        self._hours = hours * 3600.0
        self._cursor = cursor
        self._rules = rules
        self._listed: list[Listed] | None = None
        self._seen: FoundFiles | None = None
        self._unreadable: dict[str, ImAccessError] = {}
        self._read: dict[str, PickUpLink | None] = {}
        self._old: list[str] = []
        self._last = ""
        self._resting = False

    def look(self, wanted: Callable[[WaitingFile], bool], late: Late) -> FoundFiles:
        """The files whose links have all ended, as far as they could be read. Raises Unavailable, CloudError."""
        if self._seen is None:
            self._seen = self._sorted(self._passed(late), wanted)
        return self._seen

    def alive(self) -> set[str] | None:
        """The files with a link that is, or was just now, valid; None if a link is unreadable, which may belong to any
        file.
        """
        rows = [row for row in self._rows() if row.age is None or row.age <= LONGEST_LINK + GRACE]
        now = self._clock.now()
        alive = {link.file for link in self._links(rows) if link.expires_at + GRACE > now}
        return None if self._unreadable else alive

    def ended(self, *, complete: bool) -> None:
        """Record where the next run begins: here again, unless everything that was found is done."""
        if self._seen is None or self._resting or not complete:
            return
        rest = self._clock.now() + _REST if not self._last and len(self._old) > _COSTLY else 0.0
        self._cursor.move(Position(self._last, rest, self._rules if self._last or rest else ""))

    def pass_on(self) -> None:
        """Record that the next run goes on with the next page, although nothing of this page is done."""
        if not self._resting:
            self._cursor.move(Position(self._last, 0.0, self._rules if self._last else ""))

    def _rows(self) -> list[Listed]:
        if self._listed is None:
            self._listed = list(self._store.below(CLAIMS, limit=MANY))
        return self._listed

    def _passed(self, late: Late) -> dict[str, list[PickUpLink]]:
        """The links that have ended, by file, from where the last run stopped."""
        position = self._cursor.read()
        unchanged = position.rules == self._rules
        self._resting = unchanged and self._clock.now() < position.rest_until
        if self._resting:
            return {}
        page = self._page(position.after if unchanged else "")
        keys = self._old = [row.key for row in page if row.age is None or row.age > self._hours]
        following = page[-1].key if len(page) == PAGE else ""
        found: dict[str, list[PickUpLink]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            for link in self._links(Listed(key, None) for key in keys[start : start + _AT_ONCE]):
                if self._over(link):
                    found.setdefault(link.file, []).append(link)
            self._last = keys[min(start + _AT_ONCE, len(keys)) - 1]
            if late():
                break
        if not keys or self._last == keys[-1]:
            self._last = following
        return found

    def _page(self, after: str) -> list[Listed]:
        """The next links to read; from the start again after the last page."""
        page = list(self._store.below(CLAIMS, limit=PAGE, after=after))
        if after and not page:
            page = list(self._store.below(CLAIMS, limit=PAGE))
        if not after and len(page) < PAGE:
            self._listed = page
        return page

    def _links(self, rows: Iterable[Listed]) -> list[PickUpLink]:
        keys = [row.key for row in rows]
        unread = [key for key in keys if key not in self._read]
        for key, found in zip(unread, each(self._store.get, unread, alone=_FEW), strict=True):
            self._read[key] = self._loaded(key, found.body) if found else None
        return [link for key in keys if (link := self._read[key]) is not None]

    def _loaded(self, key: str, body: bytes) -> PickUpLink | None:
        try:
            return PickUpLink.load(body)
        except ImAccessError as error:
            self._unreadable[digest(key)] = error
            return None

    def _over(self, link: PickUpLink) -> bool:
        return self._clock.now() > max(link.made_at + self._hours, link.expires_at + GRACE)

    def _sorted(self, passed: dict[str, list[PickUpLink]], wanted: Callable[[WaitingFile], bool]) -> FoundFiles:
        seen = FoundFiles(unreadable=self._unreadable)
        if not passed:
            return seen
        marks = {row.key for row in self._store.below(MARKS, limit=MANY)}
        files = [waiting_file(file, links, marks) for file, links in passed.items()]
        openings = each(self._opening, files, alone=_FEW)
        open_ones: list[WaitingFile] = []
        for waiting, opening in zip(files, openings, strict=True):
            if isinstance(opening, ImAccessError):
                seen.unreadable[waiting.name] = opening
            elif waiting.closed or _by_person(opening):
                seen.finished.append(waiting)
            elif wanted(waiting):
                open_ones.append(waiting)
        seen.due = self._without_younger(open_ones)
        return seen

    def _opening(self, waiting: WaitingFile) -> Opening | ImAccessError | None:
        try:
            return read_opening(self._store, waiting.file)
        except ImAccessError as error:
            if error.code != "record_unreadable":
                raise
            return error

    def _without_younger(self, files: Sequence[WaitingFile]) -> list[WaitingFile]:
        if not files:
            return []
        recent = max(self._hours, LONGEST_LINK + GRACE)
        rows = [row for row in self._rows() if row.age is None or row.age <= recent]
        spared = {link.file for link in self._links(rows) if not self._over(link)}
        return [waiting for waiting in files if waiting.file not in spared]


def _by_person(opening: Opening | None) -> bool:
    return opening is not None and opening.by == "person"
