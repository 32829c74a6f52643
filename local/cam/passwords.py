"""The account's password rules, and random passwords that satisfy them."""

import string
from collections.abc import Mapping

from local.accounts import KeyGenerator
from local.cam.exceptions import PasswordViolatedRules

SPECIAL = "!@#$%^&*()_+-=,.?"
CLASSES = (string.ascii_uppercase, string.ascii_lowercase, string.digits)
MINIMUM, GENERATED = 8, 32
RULES: Mapping[str, object] = {
    "MinimumLength": MINIMUM,
    "MustContain": ["Uppercase", "Lowercase", "Number", "Symbol"],
    "ForcePasswordChange": 0,
    "ReusePasswordLimit": 0,
    "RetryPasswordLimit": 10,
    "PasswordExpirationInvalidation": 2,
}


def check(password: str) -> str:
    """Return the password if it has 8 characters or more: upper and lower case, a digit, a special one.

    Source: https://cloud.tencent.com/document/product/598/34595. Raises PasswordViolatedRules.
    """
    classes = all(set(password) & set(one) for one in CLASSES)
    if len(password) < MINIMUM or not classes or password.isalnum():
        raise PasswordViolatedRules
    return password


def generate(key_generator: KeyGenerator) -> str:
    """A password of 32 characters of every class, like those that CAM generates if the caller gives none."""
    certain = "".join(key_generator.text(1, one) for one in (*CLASSES, SPECIAL))
    return certain + key_generator.text(GENERATED - len(certain), "".join(CLASSES) + SPECIAL)
