"""COS's state: the objects of one bucket, and the rules for writing, reading and listing them."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from local.accounts import Accounts
from local.clock import Clock
from local.cos import exceptions as errors
from local.table import SortedTable

KEY_LIMIT = 850
FIRST_CHARACTER, LAST_CHARACTER = "\0", "\U0010ffff"
PAGE_LIMIT = 1000


@dataclass(frozen=True)
class StoredObject:
    """An object with the headers stored at its PUT, their names in lower case."""

    key: str
    body: bytes = field(repr=False)
    headers: Mapping[str, str]
    last_modified: float

    @cached_property
    def etag(self) -> str:
        """The body's MD5, quoted."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class Listing:
    """One page of a list: objects, common prefixes, and where the next page begins."""

    objects: list[StoredObject]
    prefixes: list[str]
    next_marker: str = ""


@dataclass
class Settings:
    """How the bucket behaves. ``reset`` restores the defaults.

    Attributes:
        versioning: empty (never enabled), ``Enabled`` or ``Suspended``; anything but empty disables forbid-overwrite,
            without a word, as at Tencent's.
        lag: seconds by which GET, HEAD and LIST are behind; PUT is not.
        force_download: whether everything is sent as an attachment, as default domains do since 2024.
    """

    versioning: str = ""
    lag: float = 0.0
    force_download: bool = True


@dataclass
class CosBackend(Settings):
    """The bucket. Each function in ``watchers`` is called with every object that was stored; it must return at once."""

    accounts: Accounts = field(kw_only=True)
    clock: Clock = field(kw_only=True)

    def __post_init__(self) -> None:
        self.objects: SortedTable[StoredObject] = SortedTable(self.clock)
        self.watchers: list[Callable[[StoredObject], None]] = []

    def reset(self) -> None:
        """Empty the bucket; settings return to their defaults."""
        Settings.__init__(self)
        self.objects = SortedTable(self.clock)

    def put(self, key: str, body: bytes, headers: Mapping[str, str], create_only: bool) -> StoredObject:
        """Store an object atomically. Raises FileAlreadyExists for a create-only write to an existing key, and
        KeyTooLong.
        """
        if len(key.encode("utf-8", "replace")) > KEY_LIMIT:
            raise errors.KeyTooLong
        if create_only and not self.versioning and key in self.objects:
            raise errors.FileAlreadyExists
        stored = self.objects[key] = StoredObject(key, body, dict(headers), self.clock.now())
        for watch in self.watchers:
            watch(stored)
        return stored

    def get(self, key: str) -> StoredObject:
        """The object as a reader sees it; raises NoSuchKey."""
        found = self.objects.seen(key, self.lag)
        if found is None:
            raise errors.NoSuchKey
        return found

    def delete(self, key: str) -> None:
        """Delete an object; a missing one is no error."""
        if key in self.objects:
            del self.objects[key]

    def list(self, prefix: str = "", marker: str = "", delimiter: str = "", limit: int = PAGE_LIMIT) -> Listing:
        """One page of the keys after ``marker``, in the order of their bytes.

        Args:
            prefix: only keys that begin so.
            marker: only keys, and common prefixes, after this one.
            delimiter: keys that have it after the prefix are rolled up into common prefixes.
            limit: the page's length; prefixes count as well.
        """
        found = [*islice(self._names(prefix, marker, delimiter), limit + 1)]
        page = found[:limit]
        objects = [one for _, one in page if one is not None]
        prefixes = [name for name, one in page if one is None]
        return Listing(objects, prefixes, page[-1][0] if page and len(found) > limit else "")

    def _names(self, prefix: str, marker: str, delimiter: str) -> Iterator[tuple[str, StoredObject | None]]:
        """Each key after the marker with its object; keys below a common prefix are one row: the prefix and None."""
        start = max(prefix, marker)
        while (found := self.objects.first_from(start, self.lag)) and found[0].startswith(prefix):
            key, stored = found
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
            name = prefix + head + cut if cut else key
            if name > marker:
                yield name, None if cut else stored
            start = name + LAST_CHARACTER if cut else key + FIRST_CHARACTER
