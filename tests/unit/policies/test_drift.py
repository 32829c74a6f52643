"""The comparison of records and CAM: each kind of difference with its grade."""

from __future__ import annotations

import pytest

from shared.policies.drift_findings import Expected, Shown, compare

READ, WRITE, FOREIGN = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess", "QcloudCOSFullAccess"
ALLOWED = (READ, WRITE)
NOW = 1_800_000_000.0


def active(*policies: str, recorded: tuple[str, ...] = ()) -> Expected:
    """Somebody who should have these, and once had the others."""
    return Expected("active", frozenset(policies), frozenset(policies + recorded))


def gone(delete_at: float | None = None) -> Expected:
    """Somebody who was offboarded and had READ."""
    return Expected("offboarded", frozenset(), frozenset({READ}), delete_at)


def shown(
    *policies: str, login: bool = False, keys: tuple[str, ...] = (), groups: dict[str, tuple[str, ...]] | None = None
) -> Shown:
    """What CAM shows."""
    return Shown(login, keys, frozenset(policies), groups or {})


@pytest.mark.parametrize(
    ("expected", "seen", "told"),
    [
        (active(READ), shown(READ, login=True, keys=("AK",)), []),
        (None, None, []),
        (None, shown(WRITE), [("notice", "made_by_hand")]),
        (active(READ), None, [("warning", "user_missing")]),
        (active(READ), shown(), [("warning", "policy_missing")]),
        (active(), shown(FOREIGN), [("warning", "policy_by_hand")]),
        (active(recorded=(READ,)), shown(READ), [("critical", "policy_revoked_attached")]),
        (active(), shown(groups={READ: ("staff",)}), [("warning", "policy_by_group")]),
        (active(), shown(groups={FOREIGN: ("staff",)}), [("notice", "policy_by_group")]),
        (gone(), None, []),
        (Expected("by hand", frozenset({READ}), frozenset({READ})), None, []),
        (gone(), shown(), []),
        (gone(), shown(login=True), [("critical", "login_open")]),
        (gone(), shown(keys=("AK",)), [("critical", "key_active")]),
        (gone(), shown(READ, FOREIGN), [("critical", "policy_left"), ("notice", "foreign_policy_left")]),
        (gone(delete_at=NOW - 7200), shown(), [("warning", "deletion_overdue")]),
        (gone(delete_at=NOW - 60), shown(), []),
        (Expected("by hand", frozenset({READ}), frozenset({READ})), shown(READ, FOREIGN), [("notice", "made_by_hand")]),
        (
            Expected("by hand", frozenset(), frozenset({READ})),
            shown(READ),
            [("critical", "policy_revoked_attached"), ("notice", "made_by_hand")],
        ),
    ],
)
def test_each_difference_has_its_grade(
    expected: Expected | None, seen: Shown | None, told: list[tuple[str, str]]
) -> None:
    """Findings are sorted by grade, the gravest first, and a notice is no difference."""
    found = compare("alice", 7, expected, seen, ALLOWED, NOW)
    assert [(one.grade, one.kind) for one in found] == told
    assert [one.is_difference for one in found] == [grade != "notice" for grade, _ in told]
