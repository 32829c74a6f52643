"""Rules: what they give, and what they say of a bad document."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.people.located_json import NotJson, read
from shared.people.person import Person
from shared.people.rule_versions import RuleVersions
from shared.people.rules import Rule, Rules
from shared.people.rules_check import check
from tests.repository.docs import markdown
from tests.unit.policies.stores import MemoryStore

FULL, READ = "QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"
DOCUMENT: dict[str, Any] = {
    "v": 1,
    "user_name": ["{email.local}", "{employee}"],
    "delivery": {"console_login": True, "api_access": False},
    "leaver": {"delete_after_days": 30},
    "rules": [
        {
            "name": "support reads",
            "when": {"departments": ["客服", "Support"], "employee_type": ["regular", "intern"]},
            "policies": [READ],
        },
        {"name": "operators", "when": {"attributes.level": [3], "title": "*"}, "policies": [FULL, READ]},
    ],
}


def person(**fields: Any) -> Person:  # noqa: ANN401 - JSON
    """An active person."""
    return Person.parse({"employee": "1", "status": "active"} | fields)


def rules(document: dict[str, Any]) -> Rules:
    """The rules of a document without faults."""
    found, faults = check(json.dumps(document).encode())
    assert found, faults
    return found


def faults(document: object, allowed: tuple[str, ...] = (FULL, READ)) -> list[str]:
    """What is wrong with a document, written with a line for each member."""
    return [str(fault) for fault in check(json.dumps(document, indent=1, ensure_ascii=False).encode(), allowed)[1]]


@pytest.mark.parametrize(
    ("fields", "given_by"),
    [
        ({}, {}),
        ({"departments": ["客服"]}, {}),
        ({"departments": ["od-1", "客服"], "employee_type": "intern"}, {READ: ["support reads"]}),
        ({"departments": ["support"], "employee_type": "intern"}, {}),
        ({"title": "Lead", "attributes": {"level": 3}}, {FULL: ["operators"], READ: ["operators"]}),
        ({"title": "Lead", "attributes": {"level": "3"}}, {FULL: ["operators"], READ: ["operators"]}),
        ({"title": "", "attributes": {"level": 3}}, {}),
        ({"title": None, "attributes": {"level": 3}}, {}),
        ({"title": "Lead", "attributes": {"level": [2, 3.0]}}, {FULL: ["operators"], READ: ["operators"]}),
        (
            {"departments": ["Support"], "employee_type": "regular", "title": "x", "attributes": {"level": 3}},
            {READ: ["support reads", "operators"], FULL: ["operators"]},
        ),
    ],
)
def test_policies_of_all_matching_rules_add_up(fields: dict[str, Any], given_by: dict[str, list[str]]) -> None:
    """Every attribute must hold one of its values; `*` is any value but absent, null or empty; each policy is told with
    its rules.
    """
    assert rules(DOCUMENT).policies(person(**fields)) == given_by


words = st.sampled_from(["a", "b", "c", "*"])
asked = st.sampled_from(["title", "employee_type", "departments", "attributes.x"])
whens = st.dictionaries(asked, st.lists(words, min_size=1), min_size=1)
given_policies = st.sets(st.sampled_from("PQRS"), min_size=1)
people = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["a", "b", "", None]),
        "employee_type": st.sampled_from(["a", "c", None]),
        "departments": st.lists(st.sampled_from(["a", "b", "c"])),
        "attributes": st.fixed_dictionaries({}, optional={"x": st.sampled_from(["a", "", None])}),
    }
)


@settings(deadline=None)
@given(st.lists(st.tuples(whens, given_policies), min_size=1, max_size=5), people)
def test_any_rules_give_what_the_model_gives(
    drawn: list[tuple[dict[str, list[str]], set[str]]], who: dict[str, Any]
) -> None:
    """A model of three lines agrees, whatever the rules and the person."""
    made = [
        Rule(str(n), {name: tuple(wanted) for name, wanted in when.items()}, tuple(sorted(policies)))
        for n, (when, policies) in enumerate(drawn)
    ]
    flat = who | {"attributes.x": who["attributes"].get("x")}

    def holds(have: object, wanted: list[str]) -> bool:
        listed = [one for one in (have if isinstance(have, list) else [have]) if one]
        return any(one in wanted or "*" in wanted for one in listed)

    expected = {p for when, policies in drawn if all(holds(flat[k], v) for k, v in when.items()) for p in policies}
    assert set(Rules((), tuple(made)).policies(person(**who))) == expected


def test_a_document_comes_back_as_it_was() -> None:
    """What is stored of a version is read as the same rules."""
    found = rules(DOCUMENT)
    assert rules(found.document()) == found


def test_every_fault_is_told_with_line_rule_and_field() -> None:
    """Not the first alone; in the order of the lines; a rule without a name is told by its number."""
    bad = {
        "v": 2,
        "user_name": ["{email.local}", "fixed", "{email"],
        "leavers": {},
        "delivery": {"console_login": False, "api_access": False},
        "rules": [
            {"name": "a", "when": {"department": ["x"]}, "policies": ["AdministratorAccess"]},
            {"name": "a", "when": {}, "policies": [READ, READ, 3]},
            {"when": {"title": [None]}, "policies": []},
        ],
    }
    assert faults(bad) == [
        "line 2: v is not 1, the one version that is known here",
        "line 5: user_name[1] has no {field}, so everybody would get the same name",
        "line 6: user_name[2] has a brace without its other half",
        "line 8: leavers is unknown; there are v, user_name, delivery, leaver, rules",
        "line 9: delivery gives neither console_login nor api_access, so nobody would get anything",
        'line 17: when.department in rule "a" is no attribute: those of your own are attributes.<name>',
        'line 22: policies[0] in rule "a" is not on the allow-list, IM_ACCESS_POLICIES',
        'line 26: name in rule "a" is another rule\'s name, too',
        'line 27: when in rule "a" is no object that names an attribute; {"employee": "*"} is everybody',
        'line 30: policies[1] in rule "a" stands twice',
        'line 31: policies[2] in rule "a" is no text',
        'line 34: name in rule "number 3" is no text of 1 to 100 characters',
        'line 36: when.title in rule "number 3" is no text, number or truth value, and no list of them',
        'line 40: policies in rule "number 3" is no list of 1 to 20 texts',
    ]


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b'{\n"v": 1,\n?}', "line 3: the document is no JSON"),
        (b"[]", "line 1: the document is no JSON object"),
        (b'{"v": NaN}', "line 1: the document is no JSON: NaN is no number"),
        (b'{\n"\xff', "line 2: the document is no UTF-8"),
        (b"[" * 100_000, "line 1: the document is nested too deeply"),
        (b'{"v": 1,\n "v": 1}', "line 1: v stands twice"),
    ],
)
def test_what_is_no_document_is_told_with_its_line(raw: bytes, told: str) -> None:
    """A file that is no JSON, or no object, has one fault, which says where."""
    found, told_faults = check(raw)
    assert found is None
    assert any(str(fault).startswith(told) for fault in told_faults), [str(fault) for fault in told_faults]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(json_values)
def test_each_member_is_found_on_its_line(value: object) -> None:
    """Of any JSON that is written with a line for each member, the lines are in order and none is missing."""
    located = read(json.dumps(value, indent=1).encode())
    assert located.value == value
    assert not located.repeated
    lines = list(located.lines.values())
    assert lines == sorted(lines)
    text = json.dumps(value, indent=1).splitlines()
    named = [(path[-1], line) for path, line in located.lines.items() if path and isinstance(path[-1], str)]
    assert all(json.dumps(name) in text[line - 1] for name, line in named)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_rules_or_have_a_fault(raw: bytes) -> None:
    """Any bytes are either rules or a list of faults, and never raise."""
    found, told = check(raw)
    assert (found is None) == bool(told)


def test_any_text_is_json_or_unreadable() -> None:
    """The one error of reading names a line."""
    with pytest.raises(NotJson) as caught:
        read(b'{"a":\n\n oops}')
    assert caught.value.line == 3


@pytest.mark.parametrize("page", ["docs/hr.md", "docs/hr.zh-CN.md"])
def test_the_rules_of_the_documentation_are_rules(page: str) -> None:
    """Each example is without fault by the default allow-list."""
    for block in markdown.blocks(page, "rules"):
        assert check(block.text.encode(), (FULL, READ))[1] == []


def test_versions_are_numbered_and_kept() -> None:
    """Each push is the next number; the newest is found in one listing and one read, however many there are."""
    store = MemoryStore()
    versions = RuleVersions(store)
    assert versions.newest() is None
    for n in range(30):
        assert versions.push(rules(DOCUMENT), 1_790_000_000.0 + n, approved=n == 29).number == n + 1
    store.calls.clear()
    newest = versions.current()
    assert (newest.number, newest.approved, newest.rules) == (30, True, rules(DOCUMENT))
    assert sum(store.calls.values()) == 2
    assert versions.version(1).number == 1
