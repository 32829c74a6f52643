"""Commands: every rule of every field, and refusals that name fields and never values."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.commands.command import Command, PolicyCommand
from shared.commands.create_user import CreateUser
from shared.commands.grant_policy import GrantPolicy
from shared.commands.offboard_user import OffboardUser
from shared.commands.reissue_credentials import ReissueCredentials
from shared.commands.restore_user import RestoreUser
from shared.commands.revoke_policy import RevokePolicy
from shared.errors import Rejected

GOOD = {"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}
KINDS: list[type[Command]] = [CreateUser, GrantPolicy, RevokePolicy]


def refusal(kind: type[Command], data: object) -> str:
    """The detail of the refusal, or nothing where the command is good."""
    try:
        kind.parse(data)
    except Rejected as error:
        return f"{error.code} {error.detail}"
    return ""


def test_each_command_has_its_type() -> None:
    """Each command has its CloudEvents type."""
    assert [kind.TYPE for kind in KINDS] == ["imaccess.user.create", "imaccess.policy.grant", "imaccess.policy.revoke"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("user", ["a", "A1", "0", "alice.b_c-d@example.com", "x" * 64])
def test_good_names(kind: type[Command], user: str) -> None:
    """1 to 64 characters of letters, digits and `_.@-`, the first a letter or digit."""
    assert kind.parse(GOOD | {"user": user}).user == user


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "user", ["", ".a", "-a", "_a", "@a", "a b", "a/b", "é", "a\n", "\na", "x" * 65, "a\x00", "ａ", 7, None, ["a"], True]
)
def test_bad_names(kind: type[Command], user: object) -> None:
    """Anything else, a trailing line end included, is refused by the field's name."""
    assert refusal(kind, GOOD | {"user": user}).startswith("invalid_command user: ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("policies", [["A"], ["A", "B"], [f"P{n}" for n in range(20)], ["x" * 128]])
def test_good_policies(kind: type[PolicyCommand], policies: list[str]) -> None:
    """One to twenty names of policies are taken."""
    assert kind.parse(GOOD | {"policies": policies}).policies == policies


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "policies", [[], ["A", "A"], [f"P{n}" for n in range(21)], "A", None, {"A": 1}, [""], [7], [None], ["x" * 129]]
)
def test_bad_policies(kind: type[Command], policies: object) -> None:
    """No policies, more than twenty, one twice, or no list of texts is refused."""
    assert refusal(kind, GOOD | {"policies": policies}).startswith("invalid_command policies")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("data", [None, [], "text", 7, {}, {"user": "alice"}, {"policies": ["A"]}, [GOOD]])
def test_what_is_no_command(kind: type[Command], data: object) -> None:
    """What is no object, or lacks one of the two required fields, is refused."""
    assert refusal(kind, data).startswith("invalid_command")


@pytest.mark.parametrize(
    "field", ["remark", "email", "phone", "country_code", "console_login", "api_access", "link_ttl"]
)
def test_the_fields_of_a_create_are_its_own(field: str) -> None:
    """To a grant and a revoke they are unknown, and an unknown field is an error."""
    for kind in (GrantPolicy, RevokePolicy):
        assert refusal(kind, GOOD | {field: None}).startswith(f"invalid_command {field}: ")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", ["User", "users", "type", "", "\ud800", "TYPE"])
def test_an_unknown_field_is_an_error(kind: type[Command], field: str) -> None:
    """Also one that differs in case, or cannot even be shown."""
    assert refusal(kind, GOOD | {field: "x"}).startswith("invalid_command")


def test_a_create_asks_for_everything_unless_told() -> None:
    """Console login and API access, the link's life as set, nothing else."""
    command = CreateUser.parse(GOOD)
    assert (command.console_login, command.api_access, command.link_ttl) == (True, True, None)
    assert (command.remark, command.email, command.phone, command.country_code) == (None, None, None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"remark": ""},
        {"remark": "客服" * 50},
        {"email": "a@example.com", "phone": "13800000000", "country_code": "86"},
        {"console_login": False},
        {"api_access": False},
        {"link_ttl": 60},
        {"link_ttl": 43200},
    ],
)
def test_good_fields_of_a_create(fields: dict[str, Any]) -> None:
    """Each valid field of a create is kept as it is."""
    assert CreateUser.parse(GOOD | fields).model_dump(include=set(fields)) == fields


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("remark", "x" * 101),
        ("remark", "two\nlines"),
        ("remark", 7),
        ("email", ""),
        ("email", "a@example.com\r\nBcc: b"),
        ("phone", 13800000000),
        ("country_code", 86),
        ("console_login", "true"),
        ("console_login", 1),
        ("console_login", None),
        ("api_access", "no"),
        ("link_ttl", 59),
        ("link_ttl", 43201),
        ("link_ttl", "3600"),
        ("link_ttl", 3600.0),
        ("link_ttl", True),
        ("link_ttl", 10**400),
    ],
)
def test_bad_fields_of_a_create(field: str, value: object) -> None:
    """Nothing is coerced: a text is no number, a number no text, and one is not true."""
    assert refusal(CreateUser, GOOD | {field: value}).startswith(f"invalid_command {field}: ")


def test_a_create_gives_some_access() -> None:
    """A create with neither console login nor API access is refused."""
    assert "console_login and api_access" in refusal(CreateUser, GOOD | {"console_login": False, "api_access": False})


def test_a_refusal_holds_no_value() -> None:
    """A caller may have put a secret into the wrong field."""
    text = refusal(CreateUser, GOOD | {"user": "hunter2 hunter2", "password": "hunter2", "link_ttl": "hunter2"})
    assert "password" in text
    assert "hunter2" not in text


def test_a_refusal_stays_short() -> None:
    """However many fields are wrong, and however long their names."""
    text = refusal(CreateUser, {f"{n}{'x' * 1000}\ud800": 1 for n in range(100)})
    assert len(text) < 1000
    assert text.isascii()


def test_a_command_does_not_change() -> None:
    """It is frozen, so that its fingerprint holds."""
    with pytest.raises(ValueError, match="frozen"):
        CreateUser.parse(GOOD).user = "bob"  # type: ignore[misc]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(list(CreateUser.model_fields)) | st.text(), JSON) | JSON)
def test_any_json_is_a_command_or_refused(data: object) -> None:
    """Nothing else comes out, and a refusal can be sent as it is."""
    for kind in KINDS:
        text = refusal(kind, data)
        assert not text or (text.startswith("invalid_command ") and json.dumps(text))


@pytest.mark.parametrize(
    "char", ["\u3000", "\u00a0", "\u2003", "\U00020bb7", "\U000323af", "\ue863", "，", "\U000e0100"]
)
def test_a_remark_may_hold_what_is_written_in_chinese(char: str) -> None:
    """The ideographic space, rare and new characters of names, and their variants."""
    remark = f"客服{char}组"
    assert CreateUser.parse(GOOD | {"remark": remark}).remark == remark


@pytest.mark.parametrize(
    "char", ["\x00", "\n", "\x7f", "\u2028", "\u202e", "\u200b", "\ufeff", "\U0002ffff", "\U000e0001"]
)
def test_a_remark_holds_nothing_that_cannot_be_seen(char: str) -> None:
    """Control characters, line ends, and what turns a text around."""
    assert refusal(CreateUser, GOOD | {"remark": f"a{char}b"}).startswith("invalid_command remark: ")


@pytest.mark.parametrize("field", ["email", "phone", "country_code"])
def test_an_address_has_no_such_spaces(field: str) -> None:
    """A name or an address with a space of another script is refused."""
    assert refusal(CreateUser, GOOD | {field: "1\u30002"}).startswith(f"invalid_command {field}: ")


@pytest.mark.parametrize("field", ["reason", "ticket", "requested_by", "approved_by"])
@pytest.mark.parametrize(
    "text", ["two\r\nlines\tand a tab", "👩‍👩‍👧 \U0001fae9", "\u200fעזב\u202e", "张\u3000伟", "<b>", "客" * 100]
)
def test_why_it_was_asked_for_is_told_as_it_was_said(field: str, text: str) -> None:
    """In any script, with line ends and emoji that this Python may not know: nothing of it is interpreted."""
    assert OffboardUser.parse({"user": "alice", field: text}).why() == {field: text}


@pytest.mark.parametrize(
    ("field", "most"), [("reason", 200), ("ticket", 100), ("requested_by", 100), ("approved_by", 100)]
)
def test_why_it_was_asked_for_has_an_end(field: str, most: int) -> None:
    """A text that is too long, controls a terminal or is none is refused; an empty one says nothing."""
    for bad in ("x" * (most + 1), "\x1b[2J", "a\x00", "\x85", "\ud83d", 7, ["x"]):
        assert refusal(OffboardUser, {"user": "alice", field: bad}).startswith(f"invalid_command {field}: ")
    assert OffboardUser.parse({"user": "alice", field: "x" * most}).why() == {field: "x" * most}
    for nothing in ("", None):
        assert OffboardUser.parse({"user": "alice", field: nothing}).why() == {}


@pytest.mark.parametrize(
    ("kind", "field", "good", "bad"),
    [
        (OffboardUser, "delete_after_days", (0, 3650, None), (-1, 3651, "3", 1.5, True)),
        (ReissueCredentials, "overlap_hours", (0, 168), (-1, 169, "2", 1.5, True, None)),
        (ReissueCredentials, "link_ttl", (60, 43200, None), (59, 43201)),
        (RestoreUser, "link_ttl", (60, 43200, None), (59, 43201)),
        (RestoreUser, "policies", ([], ["A"]), (None, ["A", "A"], ["A"] * 21)),
        (RestoreUser, "language", ("zh", "en", None), ("de", "", "EN")),
        (OffboardUser, "policies", (), (["A"], [])),
        (OffboardUser, "keep", (), (True, False)),
        (OffboardUser, "ended_at", (), (5, None)),
        (OffboardUser, "uin", (), (5, None)),
    ],
)
def test_fields_of_a_life_have_limits(kind: type[Command], field: str, good: tuple[Any], bad: tuple[Any]) -> None:
    """The least and the most are taken, and nothing beyond; nor what only these functions say to each other."""
    for value in good:
        assert getattr(kind.parse({"user": "alice", field: value}), field) == value
    for value in bad:
        assert refusal(kind, {"user": "alice", field: value}).startswith("invalid_command")
