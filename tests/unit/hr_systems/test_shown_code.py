"""Which error codes of HR systems may be shown."""

from __future__ import annotations

import random
import string

import pytest

from shared.hr_systems.hr_api import refused
from shared.hr_systems.shown_code import shown_code

CODES = (
    "99991663",
    "-1",
    "404",
    "invalidClientIdOrSecret",
    "InvalidAuthentication",
    "Forbidden.AccessDenied.IpNotInWhiteList",
    "Forbidden.AccessDenied.AccessTokenPermissionDenied",
    "ServiceUnavailable",
    "MissingParameter",
)


@pytest.mark.parametrize("code", CODES)
def test_a_system_s_own_code_is_shown(code: str) -> None:
    """An operator reads the number or the words with which the system refused a call."""
    assert str(refused("dingtalk:accessToken", code)) == f"hr_refused: dingtalk:accessToken was refused: {code}"


def test_a_secret_of_letters_alone_is_not_shown() -> None:
    """What a faulty answer holds in place of a code may be a secret, with or without digits, and is not quoted."""
    dice = random.Random(1)  # noqa: S311 - the same letters in each run
    codes = ["".join(dice.choices(string.ascii_letters, k=dice.randint(12, 43))) for _ in range(2000)]
    for code in ["doZiUCfzakjilENeAfqlMIxi", "A" * 40, f"invalid{'x' * 20}", *codes]:
        assert shown_code(code) == "with no code"


@pytest.mark.parametrize(
    "code", ["", "1" * 13, "a b", "invalid\n", "invalid.." * 20, None, ["invalid"], "cSd4I_PHgsLXPWkUOw3FTbg"]
)
def test_whatever_is_no_code_is_not_shown(code: object) -> None:
    """A code of another form is not quoted, whatever it holds."""
    assert shown_code(code) == "with no code"
