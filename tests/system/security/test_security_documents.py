"""How policy documents are read: only the documented form is understood, and nothing is taken for less than it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.policy import Ask, Document
from local.policy_syntax import PolicyError
from shared.errors import Rejected
from shared.policies.authorization import Authorization
from shared.policies.policy_document import allowed_actions
from shared.ports import Policy

ADMINISTERS = ("cam:AttachUserPolicy", "cam:PassRole", "sts:AssumeRole", "sts:GetFederationToken", "organization:AddX")
FOREIGN = ("cam:AttachUserPolicy", "cos:GetObject", "imx:Do", "i:m", "sts:AssumeRole", "IM2:x", "trtc:Describe")
GOOD = {"effect": "allow", "action": ["name/im:*"], "resource": ["*"]}


def accepted(text: str, *, preset: bool | None = False, foreign: bool = False) -> bool:
    """Whether a policy with this document may be given; `foreign`: it is named as an exception."""
    try:
        Authorization(allowed=("p",), foreign=("p",) if foreign else ()).approve(Policy(7, "p", preset, text))
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
        document({**GOOD, "action": [["im:*"]]}),
        document({**GOOD, "action": ["im:*", ["cam:*"]]}),
        document({**GOOD, "action": ["im:*", {"cam:*": 1}]}),
        document({**GOOD, "resource": []}),
        document({**GOOD, "resource": {"*": 1}}),
        document({**GOOD, "condition": ["x"]}),
        document({**GOOD, "ＡＣＴＩＯＮ": ["cam:*"]}),
        document([[GOOD]]),
        document(GOOD, None),
        document(GOOD, {}),
        document(GOOD, document(GOOD)),
        json.dumps({"version": "2.0", "statement": {"0": GOOD}}),
        json.dumps(document(GOOD)),
        json.dumps([{"version": "2.0", "statement": [GOOD]}]),
        "\ufeff" + document(GOOD),
        document(GOOD) + document(GOOD),
        document({**GOOD, "notAction": ["cam:*"]}),
        document({**GOOD, "not_action": ["cam:*"]}),
        document({**GOOD, "Action": ["cam:*"]}),
        document({**GOOD, "principal": {"qcs": ["*"]}}),
        document({"effect": "allow", "notAction": "im:x", "resource": "*"}),
        document({"effect": "allow", "action": "im:*"}),
        '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","action":"*","resource":"*"}]}',
        '{"version":"2.0","statement":[{"effect":"allow","action":"*","action":"im:*","resource":"*"}]}',
        '{"version":"2.0","statement":[{"effect":"allow","effect":"deny","action":"*","resource":"*"}]}',
        '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","\\u0061ction":"*","resource":"*"}]}',
        '{"version":"2.0","statement":[],"statement":[{"effect":"allow","action":"*","resource":"*"}]}',
        document(GOOD).replace('"2.0"', '"2.0", "x": NaN'),
        document(*[GOOD] * 2000),
        document({**GOOD, "sid": "9" * 70_000}),
        document({**GOOD, "condition": {"x": 7}}).replace("7", "7" * 5000),
    ],
)
def test_odd_documents(text: str) -> None:
    """Anything that CAM might read in another way is refused: preset or custom, named or not."""
    for preset in (True, False, None):
        assert not accepted(text, preset=preset)
        assert not accepted(text, preset=preset, foreign=True)


ADMINISTRATION = (
    # What line by line lists of dangerous actions forget, and how else a pattern can reach it.
    "cam:CreatePolicyVersion", "cam:PassRole", "cam:PutUserPermissionsBoundary", "cam:PutRolePermissionsBoundary",
    "cam:CreateSAMLProvider", "cam:UpdateOIDCConfig", "cam:CreateUserOIDCConfig", "cam:UpdateUserSAMLConfig",
    "cam:CreateServiceLinkedRole", "cam:AttachUserPolicy", "cam:DeleteUser", "cam:ConsoleOnlyTomorrow", "cam:SetFlag",
    "cam:CreateCollApiKey", "cam:BuildDataFlowAuthToken", "cam:QueryCollApiKey", "cam:*", "cam:*Policy", "cam:*Get",
    "cam:G*", "cam:Ge*", "cam:*List*", "cam:a*z", "cam:d*", "name/cam:*", "NAME/CAM:*", "Cam:passROLE", "c*:*",
    "c*m:PassRole", "*am:P*", "***:**", "*:*", "*", "name/*", "name/*:*", "*:PassRole", "*:P*", "*:*Get", "cam*:x",
    "*cam:x", "**cam**:x", "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:GetFederationToken", "sts:GetSessionToken",
    "sts:Get*", "sts:*", "*:Get*", "s*:GetF*", "sts:QueryApiKey", "sts:GetCaller*",
    "organization:CreateOrganizationMember", "organization:*", "org*:Add*", "organization:CheckX",
)  # fmt: skip
READS = (
    "cam:Get*", "cam:List*", "cam:Describe*", "name/cam:GetUser", "CAM:listpolicies", "sts:GetCallerIdentity",
    "organization:Describe*", "*:Describe*", "*:List*", "cos:Get*", "cos:HeadObject", "cvm:Inquiry*", "c*s:Check*",
    "monitor:Describe*", "tag:Query*", "name/vpc:Search*",
)  # fmt: skip
WRITES = (
    "scf:*", "cos:*", "cos:PutObject", "name/scf:UpdateFunctionCode", "scf:*Get", "s*f:Update*", "i*:x", "im*:*",
    "a*c:*", "tag:*", "monitor:*Get*", "finance:trade", "cvm:G*", "trtc*:*",
)  # fmt: skip
UNREADABLE = (
    "permid/1",
    "name/permid/1",
    "permid:1/2",
    "im",
    "*im",
    "",
    " ",
    "im:?",
    "im:a:b",
    "ｃam：*",
    "cam：*",
    "cam:*\u200b",
    "im:${a}",
    "im/*",
)


@pytest.mark.parametrize("action", ADMINISTRATION)
def test_administration_by_whatever_pattern(action: str) -> None:
    """A write of CAM, STS or Organization is given by no preset and no custom policy, and no setting helps."""
    for text in (document({**GOOD, "action": action}), document(GOOD, {**GOOD, "action": ["im:*", action]})):
        for preset in (True, False, None):
            assert not accepted(text, preset=preset)
            assert not accepted(text, preset=preset, foreign=True)


@pytest.mark.parametrize("action", READS)
def test_reads_do_no_harm_in_a_preset(action: str) -> None:
    """Tencent's own may read other products; a custom policy only where it is named."""
    text = document(GOOD, {**GOOD, "action": ["im:*", action]})
    assert accepted(text, preset=True)
    assert not accepted(text)
    assert accepted(text, foreign=True)


@pytest.mark.parametrize("action", WRITES)
def test_writes_of_other_products_have_to_be_named(action: str) -> None:
    """Preset or custom: scf: is the code of these functions, cos: their bucket."""
    text = document(GOOD, {**GOOD, "action": ["im:*", action]})
    for preset in (True, False):
        assert not accepted(text, preset=preset)
        assert accepted(text, preset=preset, foreign=True)


@pytest.mark.parametrize("action", ["im:*", "name/im:*", "avc:*", "name/trtc:*", "live:*", "vod:UploadMedia", "TRTC:x"])
def test_what_the_presets_of_instant_messaging_may_write(action: str) -> None:
    """The full one is that of audio and video communication; a custom policy has im: alone."""
    text = document({**GOOD, "action": [action]})
    assert accepted(text, preset=True)
    assert accepted(text) is ("im:" in action)


@pytest.mark.parametrize("action", UNREADABLE)
@pytest.mark.parametrize("effect", ["allow", "deny"])
def test_one_unreadable_action_refuses_the_whole(effect: str, action: str) -> None:
    """Beside readable ones, in another statement, in a deny: preset or custom, named or not."""
    for texts in (action, ["cam:*", action], ["im:*", action], [action, "im:*"]):
        for text in (
            document({**GOOD, "effect": effect, "action": texts}),
            document(GOOD, {**GOOD, "effect": effect, "action": texts}, GOOD),
        ):
            for preset in (True, False):
                assert not accepted(text, preset=preset)
                assert not accepted(text, preset=preset, foreign=True)


def test_a_deny_excuses_nothing() -> None:
    """What is taken away again is counted all the same: conditions and resources of a deny are CAM's to read."""
    for preset in (True, False):
        assert not accepted(
            document({**GOOD, "action": "*"}, {**GOOD, "effect": "deny", "action": "cam:*"}), preset=preset
        )
        assert not accepted(
            document({**GOOD, "action": "cam:*", "condition": {"ip_equal": {"qcs:ip": "::1"}}}), preset=preset
        )


VALUES = st.sampled_from(
    [
        "im:*",
        "name/im:Get*",
        "*",
        "cos:*",
        "cam:AttachUserPolicy",
        "i*",
        "*:x",
        "im:x",
        "allow",
        "deny",
        "c*:*",
        "*:Get*",
        "cam:Get*",
        "permid/1",
        "s*s:Ass*",
        "*:P*",
    ]
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
        assert not allowing(text, FOREIGN)
    for preset in (True, False):
        if accepted(text, preset=preset, foreign=True) and statements:
            assert not allowing(text, ADMINISTERS)


def allowing(text: str, actions: tuple[str, ...]) -> list[str]:
    """Those actions that a document allows, by the evaluator of the local cloud."""
    try:
        compiled = Document.parse(text, strict=False)
    except PolicyError:
        return []
    return [action for action in actions if compiled.allows(Ask(action))]


@settings(max_examples=500, deadline=None)
@given(st.text() | st.binary().map(lambda raw: raw.decode("utf-8", "surrogateescape")))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Any text as a document gives actions or None, and never an error."""
    assert allowed_actions(text) is None or json.loads(text)
    assert accepted(text) is (allowed_actions(text) == [])
