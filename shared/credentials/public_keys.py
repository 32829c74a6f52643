"""Checks that exactly one person can have the private key of a public key, as far as the public key shows it.

A sound key has the standard spelling, and is none of the keys that everybody can decrypt for (points of low order, the
RSA exponent 1) or that nobody can (points off the curve, even moduli or exponents). Whether an RSA modulus is the
product of two large primes cannot be seen from outside; only cheap checks are made: a small factor, a square.
"""

from __future__ import annotations

import base64
import re
from math import gcd, isqrt, prod

from shared.credentials import curve25519

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
"""https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki#bech32"""
_AGE = re.compile(f"age1([{_BECH32}]{{52}})[{_BECH32}]{{6}}")
_RSA_BITS = range(2048, 16385)
_LARGEST_EXPONENT = 2**33


def sound(key: str) -> bool:
    """Whether this is an age1…, ssh-ed25519 … or ssh-rsa … key, without a comment, that one person can own."""
    kind, _, encoded = key.partition(" ")
    if not encoded:
        return _age(key)
    fields = _ssh_fields(encoded)
    if not fields or fields[0] != kind.encode():
        return False
    if kind == "ssh-ed25519":
        return len(fields) == 2 and curve25519.from_edwards(fields[1])
    return kind == "ssh-rsa" and len(fields) == 3 and _rsa(_positive(fields[1]), _positive(fields[2]))


def _age(key: str) -> bool:
    """Bech32 in lower case, as age writes it. The library verifies the checksum."""
    found = _AGE.fullmatch(key)
    if found is None:
        return False
    bits = 0
    for letter in found[1]:
        bits = bits << 5 | _BECH32.index(letter)
    return bits & 15 == 0 and curve25519.from_montgomery((bits >> 4).to_bytes(32, "big"))


def _ssh_fields(encoded: str) -> list[bytes]:
    """The fields of an SSH key; empty if it is not base64 of complete fields. RFC 4253, 6.6, and RFC 4251, 5."""
    try:
        blob = base64.b64decode(encoded, validate=True)
    except ValueError:
        return []
    if base64.b64encode(blob).decode() != encoded:
        return []
    fields, at = [], 0
    while at < len(blob):
        size = int.from_bytes(blob[at : at + 4], "big")
        if at + 4 + size > len(blob):
            return []
        fields.append(blob[at + 4 : at + 4 + size])
        at += 4 + size
    return fields


def _positive(field: bytes) -> int:
    """The number in an mpint; 0 for a negative number and for one that is not in its shortest form."""
    number = int.from_bytes(field, "big")
    return number if field == number.to_bytes(number.bit_length() // 8 + 1, "big") else 0


def _rsa(exponent: int, modulus: int) -> bool:
    if not 3 <= exponent < _LARGEST_EXPONENT or not exponent % 2 or not modulus % 2:
        return False
    if modulus.bit_length() not in _RSA_BITS or gcd(modulus, prod(range(3, 2000, 2))) > 1:
        return False
    return isqrt(modulus) ** 2 != modulus
