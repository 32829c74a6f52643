"""Which requests are found by their records, page after page."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.idempotency.stored_attempts import lease_key, outcome_key
from shared.ports import Listed
from shared.use_cases.duties.find_unnoted_requests import PAGE, UnnotedRequests

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


class Pages:
    """A round that shows these rows, and notes where the next run begins."""

    def __init__(self, rows: Sequence[Listed]) -> None:
        self._rows = list(rows)
        self.left: str | None = "never ended"

    def rows(self) -> list[Listed]:
        """All of them."""
        return self._rows

    def ended(self, left: str | None) -> None:
        """Keep it."""
        self.left = left


def found(rows: Sequence[Listed], noted: set[str] | None = None) -> tuple[list[str], str | None]:
    """What a run finds of these rows, and where the next one begins."""
    pages = Pages(rows)
    duty = UnnotedRequests(pages, 900.0, 9000.0)  # type: ignore[arg-type] # what it uses of a round
    names = duty.found(noted or set())
    duty.ended()
    return names, pages.left


def test_a_lease_without_an_outcome_is_found() -> None:
    """Where the newest attempt has none, and there is no note."""
    rows = [
        *(Listed(lease_key(A, 2), 1000), Listed(lease_key(A, 1), 5000), Listed(outcome_key(A, 1), 4000)),
        *(Listed(lease_key(B, 2), 1000), Listed(outcome_key(B, 2), 1000), Listed(lease_key(B, 1), 5000)),
        Listed(lease_key(C, 1), 1000),
    ]
    assert found(rows) == ([A, C], None)
    assert found(rows, {A}) == ([C], None)


@pytest.mark.parametrize("age", [None, 0.0, 899.0, 9001.0])
def test_one_that_is_at_work_or_was_given_up_is_left(age: float | None) -> None:
    """As is one whose age the store does not tell: nothing says whether it was given up."""
    assert found([Listed(lease_key(A, 1), age)]) == ([], None)


@pytest.mark.parametrize("key", ["requests/x.json", "requests/0/1.json", f"requests/{A}/x-lease.json", "requests/"])
def test_what_is_not_ours_is_nothing(key: str) -> None:
    """Objects of other programs do not keep anything from being found."""
    assert found([Listed(key, 1000), Listed(lease_key(B, 1), 1000)]) == ([B], None)


def test_a_folder_that_a_page_divides_is_left_to_the_next() -> None:
    """A request whose records lie on two pages of a list is judged with the next page, which may have its outcome."""
    rows = [Listed(lease_key(f"{n:064x}", 1), 1000) for n in range(PAGE)]
    names, left = found(rows)
    assert (len(names), left) == (PAGE - 1, rows[-1].key)
