"""Lists of the bucket, page by page: complete, in order, rolled up by delimiter, and at the cost of a page."""

from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.accounts import Accounts
from local.clock import FrozenClock
from local.cloud import LocalCloud
from local.cos.models import CosBackend, StoredObject
from local.table import SortedTable
from tests.unit.local.helpers import Bucket

KEYS = st.text(alphabet="ab/\uffff\U00010000", min_size=1, max_size=5)


def bucket_of(clock: FrozenClock) -> CosBackend:
    """A bucket without a server."""
    return CosBackend(accounts=Accounts(clock), clock=clock)


def pages(bucket: Bucket, **params: object) -> Iterator[Mapping[str, list[dict[str, str]]]]:
    """Every page of a list, by the official SDK and the markers that the pages give."""
    marker = ""
    while True:
        page = bucket.client.list_objects(Bucket=bucket.name, Marker=marker, **params)
        yield {name: page.get(name, []) for name in ("Contents", "CommonPrefixes")}
        if page["IsTruncated"] == "false":
            return
        marker = page["NextMarker"]


def expected(keys: set[str], prefix: str, delimiter: str) -> list[str]:
    """The names in a list of these keys, by the plainest way to find them."""
    names = set()
    for key in keys:
        if key.startswith(prefix):
            head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key[len(prefix) :], "", "")
            names.add(prefix + head + cut)
    return sorted(names, key=str.encode)


@settings(deadline=None)
@given(
    put=st.lists(KEYS, max_size=12), deleted=st.sets(KEYS, max_size=6), prefix=st.sampled_from(["", "a", "a/", "b/"]),
    delimiter=st.sampled_from(["", "/"]), limit=st.integers(1, 4),
)  # fmt: skip
def test_pages_make_the_whole(put: list[str], deleted: set[str], prefix: str, delimiter: str, limit: int) -> None:
    """However long the pages are, together they are every key or common prefix once, in the order of the bytes."""
    cos = bucket_of(FrozenClock(0))
    for key in put:
        cos.put(key, b"", {}, create_only=False)
    for key in deleted:
        cos.delete(key)
    found: list[str] = []
    marker = ""
    while True:
        page = cos.list(prefix, marker, delimiter, limit)
        names = [one.key for one in page.objects] + page.prefixes
        assert len(names) <= limit
        found += sorted(names, key=str.encode)
        if not page.next_marker:
            break
        marker = page.next_marker
    assert found == expected(set(put) - deleted, prefix, delimiter)


def test_folders_page_by_page_in_the_sdk(cloud: LocalCloud, bucket: Bucket) -> None:
    """The SDK pages through folders and files side by side, and through the content of one folder."""
    for folder in range(30):
        for number in range(3):
            cloud.cos.put(f"people/{folder:02}/{number}.json", b"{}", {}, create_only=False)
    cloud.cos.put("people/index.json", b"{}", {}, create_only=False)
    found = list(pages(bucket, Prefix="people/", Delimiter="/", MaxKeys=7))
    assert [len(page["CommonPrefixes"]) + len(page["Contents"]) for page in found] == [7, 7, 7, 7, 3]
    folders = [one["Prefix"] for page in found for one in page["CommonPrefixes"]]
    assert folders == [f"people/{folder:02}/" for folder in range(30)]
    assert [one["Key"] for page in found for one in page["Contents"]] == ["people/index.json"]
    inside = [one["Key"] for page in pages(bucket, Prefix="people/07/", MaxKeys=2) for one in page["Contents"]]
    assert inside == [f"people/07/{number}.json" for number in range(3)]


def test_folders_alone(cloud: LocalCloud, bucket: Bucket) -> None:
    """A list of which everything is rolled up has common prefixes and no content."""
    cloud.cos.put("a/b/c", b"", {}, create_only=False)
    found = bucket.client.list_objects(Bucket=bucket.name, Delimiter="/")
    assert ("Contents" in found, found["CommonPrefixes"], found["Delimiter"]) == (False, [{"Prefix": "a/"}], "/")


def test_a_marker_need_not_exist(cloud: LocalCloud, bucket: Bucket) -> None:
    """A list goes on after any marker: one whose object was deleted, or a moment that sorts between two keys."""
    for key in ("due/2026-01-01/a", "due/2026-01-03/b"):
        cloud.cos.put(key, b"", {}, create_only=False)
    assert bucket.keys(Prefix="due/", Marker="due/2026-01-02") == ["due/2026-01-03/b"]
    cloud.cos.delete("due/2026-01-01/a")
    assert bucket.keys(Prefix="due/", Marker="due/2026-01-01/a") == ["due/2026-01-03/b"]


def test_lag_shows_the_list_as_it_was(cloud: LocalCloud, bucket: Bucket) -> None:
    """With a lag, a list still shows what was just deleted, and not yet what was just stored."""
    cloud.cos.put("a/old", b"", {}, create_only=False)
    cloud.clock.advance(10)
    cloud.cos.lag = 5.0
    cloud.cos.delete("a/old")
    cloud.cos.put("b/new", b"", {}, create_only=False)
    assert [[one["Prefix"] for one in page["CommonPrefixes"]] for page in pages(bucket, Delimiter="/")] == [["a/"]]


def test_a_page_costs_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page looks at its own keys, however many there are before, behind, and in the folders that are rolled up."""
    cos = bucket_of(FrozenClock(0))
    for number in range(2000):
        cos.put(f"{number % 20:02}/{number:04}", b"", {}, create_only=False)
    looked: list[str] = []
    seen = SortedTable.seen

    def count(table: SortedTable[StoredObject], key: str, lag: float) -> StoredObject | None:
        looked.append(key)
        return seen(table, key, lag)

    monkeypatch.setattr(SortedTable, "seen", count)
    assert len(cos.list(prefix="10/", limit=50).objects) == 50
    assert len(cos.list(delimiter="/").prefixes) == 20
    assert len(looked) <= 51 + 20


def test_what_was_deleted_is_forgotten() -> None:
    """A deleted key costs lists nothing once no lag reaches back to it."""
    clock = FrozenClock(0)
    table: SortedTable[int] = SortedTable(clock)
    table["a"], table["b"] = 1, 2
    del table["a"]
    assert table.first_from("") == ("b", 2)
    clock.advance(4000)
    assert table.first_from("") == ("b", 2)
    table["a"] = 3
    assert table.first_from("") == ("a", 3)
    assert table.first_from("", 10) == ("b", 2)
