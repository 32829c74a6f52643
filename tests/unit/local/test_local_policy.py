"""The evaluator of policy documents."""

import pytest

from local.policy import Ask, Document
from local.policy_syntax import PolicyError

BUCKET = "qcs::cos:ap-guangzhou:uid/1250000000:im-1250000000"


def document(*statements: dict[str, object]) -> Document:
    """A document of these statements."""
    full = [{"effect": "allow", "action": "*", "resource": "*", **one} for one in statements]
    return Document.parse({"version": "2.0", "statement": full})


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "cam:AddUser", True),
        ("cam:*", "cam:AddUser", True),
        ("name/cam:AddUser", "cam:AddUser", True),
        ("cam:adduser", "cam:AddUser", True),
        ("cam:Add*", "cam:AddUser", True),
        ("cam:Add", "cam:AddUser", False),
        ("cos:*", "cam:AddUser", False),
        ("*:Get*", "cos:GetObject", True),
    ],
)
def test_actions(pattern: str, action: str, expected: bool) -> None:
    """Actions match with or without name/, with wildcards, whatever their case."""
    assert document({"action": [pattern]}).allows(Ask(action)) is expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", True),
        (f"{BUCKET}/*", True),
        (f"{BUCKET}/state/*", True),
        (f"{BUCKET}/state/a.json", True),
        (f"{BUCKET}/credentials/*", False),
        ("qcs::cos::uid/1250000000:im-1250000000/state/*", True),
        ("qcs::cos:*:uid/*:im-1250000000/state/*", True),
        ("qcs::cos:::im-1250000000/state/*", True),
        ("qcs::cos:ap-beijing:uid/1250000000:im-1250000000/state/*", False),
        ("qcs::cos:ap-guangzhou:uid/1250000001:im-1250000000/state/*", False),
        ("qcs::cam:ap-guangzhou:uid/1250000000:im-1250000000/state/*", False),
    ],
)
def test_resources(resource: str, expected: bool) -> None:
    """Resources have six segments; an empty region or account is any."""
    ask = Ask("cos:PutObject", (f"{BUCKET}/state/a.json",))
    assert document({"resource": resource}).allows(ask) is expected


def test_operation_level_needs_a_star() -> None:
    """A concrete resource grants nothing to an operation-level action."""
    assert not document({"resource": "qcs::cam::uin/1:uin/2"}).allows(Ask("cam:AddUser"))


def test_deny_wins() -> None:
    """One deny beats any allow, and nothing is allowed by default."""
    both = document({}, {"effect": "deny", "action": "cam:DeleteUser"})
    assert both.allows(Ask("cam:AddUser"))
    assert not both.allows(Ask("cam:DeleteUser"))
    assert not document({"effect": "deny", "action": "cam:DeleteUser"}).allows(Ask("cam:AddUser"))


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        ({"string_equal": {"cos:x-cos-forbid-overwrite": "true"}}, {"cos:x-cos-forbid-overwrite": "true"}, True),
        ({"string_equal": {"cos:x-cos-forbid-overwrite": "true"}}, {"cos:x-cos-forbid-overwrite": "false"}, False),
        ({"string_equal": {"cos:x-cos-forbid-overwrite": "true"}}, {}, False),
        ({"string_equal_if_exist": {"cos:prefix": "a/"}}, {}, True),
        ({"string_equal": {"cos:prefix": ["a/", "b/"]}}, {"cos:prefix": "b/"}, True),
        ({"string_like": {"cos:prefix": "a/*"}}, {"cos:prefix": "a/b"}, True),
        ({"string_not_equal": {"cos:prefix": "a/"}}, {"cos:prefix": "b/"}, True),
        ({"string_not_like": {"cos:prefix": "a/*"}}, {"cos:prefix": "a/b"}, False),
        ({"string_not_equal": {"cos:prefix": "a/"}}, {}, True),
    ],
)
def test_conditions(condition: dict[str, object], context: dict[str, str], expected: bool) -> None:
    """Conditions on COS's own keys; a key that the call lacks meets only negations and …_if_exist."""
    assert document({"condition": condition}).allows(Ask("cos:PutObject", context=context)) is expected


@pytest.mark.parametrize(
    "source",
    [
        "no json",
        "[]",
        {"version": "1.0", "statement": [{"effect": "allow", "action": "*", "resource": "*"}]},
        {"version": "2.0"},
        {"version": "2.0", "statement": ["x"]},
        {"version": "2.0", "statement": [{"effect": "maybe", "action": "*", "resource": "*"}]},
        {"version": "2.0", "statement": [{"effect": "allow", "resource": "*"}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": [], "resource": "*"}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": "*"}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "qcs::cos"}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*", "principal": {}}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*", "condition": [1]}]},
        {"version": "2.0", "statement": [{"effect": "allow", "action": "*", "resource": "*", "condition": {"a": 1}}]},
    ],
)
def test_malformed_documents(source: str | dict[str, object]) -> None:
    """What is no document is refused with a reason."""
    with pytest.raises(PolicyError):
        Document.parse(source)


@pytest.mark.parametrize("condition", [{"ip_equal": {"qcs:ip": "10.0.0.0/8"}}, {"string_equal": {"qcs:tag": "a"}}])
def test_what_cannot_be_enforced(condition: dict[str, object]) -> None:
    """A condition beyond the emulator is refused; in a stored policy it never allows and always denies."""
    with pytest.raises(PolicyError, match="cannot enforce"):
        document({"condition": condition})
    stored = {"action": "*", "resource": "*", "condition": condition}
    allow = Document.parse({"version": "2.0", "statement": {"effect": "allow", **stored}}, strict=False)
    everything = {"effect": "allow", "action": "*", "resource": "*"}
    deny = Document.parse({"version": "2.0", "statement": [everything, {"effect": "deny", **stored}]}, strict=False)
    assert not allow.allows(Ask("cam:AddUser"))
    assert not deny.allows(Ask("cam:AddUser"))
