"""A request's identity is unambiguous, its id stable, its fingerprint that of the command."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.commands.command import Command
from shared.commands.create_user import CreateUser
from shared.commands.grant_policy import GrantPolicy
from shared.idempotency.request import Request
from shared.request_identity import identity_hash, request_id

COMMAND = GrantPolicy.parse({"user": "alice", "policies": ["A"]})
PARTS = st.tuples(st.text(), st.lists(st.text(), max_size=3).map(tuple))


def of(identity: tuple[str, ...], function: str = "grant_policy", command: Command = COMMAND) -> Request[Command]:
    """A request with this identity."""
    return Request(function, identity, None, command)


def test_ids_are_the_same_in_every_replay() -> None:
    """They are derived from function and identity alone; this one is fixed, as stored requests are found by it."""
    request = of(("cloudevents", "/hr", "42"))
    assert request.key == "553f9997ab01121933438c4fc0a16ac2e05cfec3b9c562652b0b1ea73a80dce9"
    assert request.id == "req_" + request.key[:32] == request_id("grant_policy", request.identity)
    assert re.fullmatch(r"[0-9a-f]{64}", request.key)


def test_identities_count_per_function() -> None:
    """The same identity at two functions is two requests."""
    assert of(("webhook-id", "1")).key != of(("webhook-id", "1"), "revoke_policy").key


@settings(deadline=None)
@given(PARTS, PARTS)
def test_different_identities_never_meet(one: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> None:
    """Different identities have different hashes, whatever characters they contain, quotes and commas included."""
    assert (identity_hash(*one) == identity_hash(*other)) == (one == other)


def test_a_fingerprint_is_the_commands() -> None:
    """Not its spelling's: absent fields and their defaults are one, other values are another."""
    plain = CreateUser.parse({"user": "alice", "policies": ["A"]})
    spelled = CreateUser.parse({"api_access": True, "policies": ["A"], "user": "alice", "remark": None})
    other = CreateUser.parse({"user": "alice", "policies": ["A"], "api_access": False})
    assert of(("x",), command=plain).fingerprint == of(("y",), command=spelled).fingerprint
    assert of(("x",), command=plain).fingerprint != of(("x",), command=other).fingerprint


def test_a_field_of_a_later_version_makes_no_other_command() -> None:
    """A later version's command has a field more: with its default it is the command that was stored before."""

    class Later(GrantPolicy):
        later: int = 7

    now, then = COMMAND, Later.parse({"user": "alice", "policies": ["A"]})
    assert of(("x",), command=then).fingerprint == of(("x",), command=now).fingerprint
    changed = Later.parse({"user": "alice", "policies": ["A"], "later": 8})
    assert of(("x",), command=changed).fingerprint != of(("x",), command=now).fingerprint
