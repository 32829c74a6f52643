"""How policy documents are read: only the documented form is understood, and nothing is taken for less than it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.policy import Ask, Document, PolicyError
from shared.errors import Rejected
from shared.policies.authorization import Authorization
from shared.policies.document import allowed_actions
from shared.ports import Policy

FOREIGN = ("cam:AttachUserPolicy", "cos:GetObject", "imx:Do", "i:m", "sts:AssumeRole", "IM2:x", "trtc:Describe")
GOOD = {"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}


def accepted(text: str, *, preset: bool = False) -> bool:
    """Whether a policy with this document may be given."""
    try:
        Authorization(allowed=("p",)).approve(Policy(7, "p", preset, text))
    except Rejected:
        return False
    return True


def document(*statements: object, **members: object) -> str:
    """A document of these statements."""
    return json.dumps({"version": "2.0", "statement": list(statements), **members})


@pytest.mark.parametrize(
    "statement",
    [
        GOOD,
        {**GOOD, "action": "im:*"},
        {**GOOD, "action": ["name/im:DescribeApp", "IM:Get*", "NAME/im:Set_x"]},
        {**GOOD, "effect": "ALLOW"},
        {**GOOD, "resource": "qcs::im::uin/100000000001:sdkappid/1400000001"},
        {**GOOD, "condition": {"ip_equal": {"qcs:ip": "10.0.0.0/8"}}},
        {**GOOD, "effect": "deny", "action": "cos:*"},
    ],
)
def test_documents_for_im_alone(statement: dict[str, Any]) -> None:
    """The documented forms: texts and lists, with and without name/, in any case; a deny takes nothing in."""
    assert accepted(document(statement))
    assert accepted(json.dumps({"version": "2.0", "statement": statement}))
    assert accepted(document(statement).replace("/", "\\/"))


@pytest.mark.parametrize(
    "action",
    ["*", "name/*", "name/*:*", "*:*", "i*:x", "im*", "im*:x", "imx:*", "*m:x", "cos:GetObject", "name/name/im:*",
     " im:*", "im:*,cos:*", "im:* cos:*", "im", "im:", "", "im:*\ncos:*", "ｉm:*", "ім:*", "im：*", "im:K",
     "im:?", "im:${x}", "permit:x"],
)  # fmt: skip
def test_actions_that_are_not_ims_or_not_actions(action: str) -> None:
    """Wildcards before the colon, other products, separators, look-alikes, empty ones."""
    assert not accepted(document({**GOOD, "action": action}))
    assert not accepted(document({**GOOD, "action": ["im:x", action]}))


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "1", '"im:*"', "[" * 100_000, '{"version":"2.0"}', '{"statement":[]}'),
        document(GOOD, version="3.0"),
        document(GOOD, version=2.0),
        document(GOOD, Statement=[]),
        document("x"),
        document([GOOD]),
        document({**GOOD, "effect": "permit"}),
        document({**GOOD, "effect": ["allow"]}),
        document({**GOOD, "action": []}),
        document({**GOOD, "action": None}),
        document({**GOOD, "action": {"im:*": 1}}),
        document({**GOOD, "action": ["im:*", 1]}),
        document({**GOOD, "resource": []}),
        document({**GOOD, "notAction": ["cam:*"]}),
        document({**GOOD, "not_action": ["cam:*"]}),
        document({**GOOD, "Action": ["cam:*"]}),
        document({**GOOD, "principal": {"qcs": ["*"]}}),
        document({"effect": "allow", "notAction": "im:x", "resource": "*"}),
        document({"effect": "allow", "action": "im:*"}),
        '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","action":"*","resource":"*"}]}',
        '{"version":"2.0","statement":[{"effect":"allow","action":"*","action":"im:*","resource":"*"}]}',
        '{"version":"2.0","statement":[{"effect":"allow","effect":"deny","action":"*","resource":"*"}]}',
        '{"version":"2.0","statement":[],"statement":[{"effect":"allow","action":"*","resource":"*"}]}',
        document(GOOD).replace('"2.0"', '"2.0", "x": NaN'),
        document(*[GOOD] * 2000),
    ],
)
def test_odd_documents(text: str) -> None:
    """Anything that CAM might read in another way is refused, where the policy is the account's own."""
    assert not accepted(text)


def test_an_unreadable_preset_is_taken_at_its_name() -> None:
    """Tencent's own documents may have forms that are not documented; their names and ids decide."""
    assert accepted("", preset=True)
    assert accepted(document({**GOOD, "action": ["name/im:*", "avc:*"]}), preset=True)


@pytest.mark.parametrize("action", ["*", "cam:*", "name/cam:Attach*", "c*:AddUser", "*:*", "sts:assumerole"])
def test_a_preset_that_hands_out_access(action: str) -> None:
    """Its document is held against the actions that lead to all others."""
    assert not accepted(document(GOOD, {**GOOD, "action": action}), preset=True)


VALUES = st.sampled_from(
    ["im:*", "name/im:Get*", "*", "cos:*", "cam:AttachUserPolicy", "i*", "*:x", "im:x", "allow", "deny"]
)
ODD = st.one_of(
    VALUES, st.lists(VALUES, max_size=3), st.none(), st.integers(), st.dictionaries(VALUES, VALUES, max_size=2)
)
STATEMENTS = st.one_of(
    ODD,
    st.fixed_dictionaries(
        {
            "effect": st.sampled_from(["allow", "deny", "Allow", "x"]),
            "action": ODD,
            "resource": st.sampled_from(["*", ["*"]]),
        },
        optional={"condition": ODD, "notAction": ODD, "principal": ODD, "sid": ODD},
    ),
)


@settings(max_examples=500, deadline=None)
@given(st.lists(STATEMENTS, max_size=3), st.sampled_from(["2.0", "1.0", 2]))
def test_what_is_accepted_allows_nothing_else(statements: list[object], version: object) -> None:
    """The local cloud's evaluator, written by somebody else, finds no foreign action in an accepted document."""
    text = json.dumps({"version": version, "statement": statements})
    if accepted(text) and statements:
        assert not foreign(text)


def foreign(text: str) -> list[str]:
    """The foreign actions that a document allows, by the evaluator of the local cloud."""
    try:
        compiled = Document.parse(text, strict=False)
    except PolicyError:
        return []
    return [action for action in FOREIGN if compiled.allows(Ask(action))]


@settings(max_examples=500, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever CAM answers, it is actions or None."""
    assert allowed_actions(text) is None or json.loads(text)
    assert accepted(text) is (allowed_actions(text) == [])
