"""Bearer tokens: what a setting may hold, and whose token a request has."""

from __future__ import annotations

import hashlib
import io
import json

import pytest

from cli.main import main
from cli.terminal.console import Console
from shared.bearer_tokens import BearerToken, client_of, new_token, parse_tokens

DIGEST = hashlib.sha256(b"one").hexdigest()
OTHER = hashlib.sha256(b"two").hexdigest()


def test_a_token_is_known_by_its_hash_alone() -> None:
    """With a name or without one, in any case of the digits; two of one name are one client."""
    rows = parse_tokens(f"okta=sha256:{DIGEST.upper()}  sha256:{OTHER}")
    assert rows == (BearerToken("okta", DIGEST), BearerToken("", OTHER))
    assert [client_of(f"Bearer {token}", rows) for token in ("one", "two", "three")] == ["okta", "", None]


@pytest.mark.parametrize(
    "value",
    [
        "one",
        "okta=one",
        "sha256:abc",
        f"okta={DIGEST}",
        f"o k=sha256:{DIGEST}",
        f"=sha256:{DIGEST}",
        f"a=sha256:{DIGEST} b=sha256:{DIGEST}",
    ],
)
def test_what_is_no_hash_is_refused(value: str) -> None:
    """The token itself in its place, most of all; and one token of two clients."""
    with pytest.raises(ValueError, match="is ") as failed:
        parse_tokens(value)
    assert DIGEST not in str(failed.value)


def test_new_tokens_differ_and_fit() -> None:
    """Each new token is another one, and its entry for the setting accepts it."""
    token, setting = new_token("okta")
    assert client_of(f"Bearer {token}", parse_tokens(setting)) == "okta"
    assert token not in setting
    assert new_token("okta")[0] != token
    with pytest.raises(ValueError, match="name=sha256"):
        new_token("not a name")


def test_the_command_makes_a_pair() -> None:
    """For people two lines with what each is for; for machines both by name; a bad name is the command line's fault."""
    out = io.StringIO()
    assert main(["scim-token", "okta", "--json"], Console(env={}, out=out)) == 0
    told = json.loads(out.getvalue())
    assert client_of(f"Bearer {told['token']}", parse_tokens(told["setting"])) == "okta"
    out = io.StringIO()
    assert main(["scim-token"], Console(env={}, out=out)) == 0
    assert len(out.getvalue().splitlines()) == 4
    assert main(["scim-token", "no name"], Console(env={}, out=io.StringIO(), err=io.StringIO())) == 2
