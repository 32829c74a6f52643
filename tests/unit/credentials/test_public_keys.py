"""Keys for `encrypt_to`: whatever nobody or everybody could decrypt for is refused, in each of its spellings."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.credentials import curve25519, encryption
from shared.credentials.curve25519 import L, P

D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]
NEUTRAL: Point = (0, 1)
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
MODULUS = 0xC5A1F3 << 2024 | 13


def add(a: Point, b: Point) -> Point:
    """The sum on edwards25519, by the formula of RFC 8032, 5.1.4."""
    (x1, y1), (x2, y2) = a, b
    t = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + t, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - t, -1, P) % P


def times(n: int, point: Point) -> Point:
    """That often added to itself."""
    total = NEUTRAL
    while n:
        total, point, n = add(total, point) if n & 1 else total, add(point, point), n >> 1
    return total


def with_y(y: int) -> Point | None:
    """A point with this y, if there is one: RFC 8032, 5.1.3."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    for x in (root, root * pow(2, (P - 1) // 4, P) % P):
        if x * x % P == square:
            return x, y % P
    return None


def points() -> list[Point]:
    """The first points by their y that are of no small order."""
    found = [with_y(y) for y in range(2, 30)]
    return [point for point in found if point and times(8, point) != NEUTRAL]


def torsion() -> list[Point]:
    """The eight points of low order: L times a point, until all are there."""
    (generator,) = [one for one in (times(L, point) for point in points()) if times(4, one) != NEUTRAL][:1]
    return [times(n, generator) for n in range(8)]


def montgomery(point: Point) -> int:
    """Its u on Curve25519: RFC 7748, 4.1."""
    return (1 + point[1]) * pow(1 - point[1], -1, P) % P if point != NEUTRAL else 0


def spellings(value: int) -> list[bytes]:
    """The number's 32 bytes, with P added where that fits, and each with the highest bit set."""
    values = [value, *([value + P] if value + P < 2**255 else [])]
    return [(one | high << 255).to_bytes(32, "little") for one in values for high in (0, 1)]


def checksum(values: list[int]) -> int:
    """Bech32's, as BIP 173 gives it."""
    generator, total = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3), 1
    for value in values:
        top, total = total >> 25, (total & 0x1FFFFFF) << 5 ^ value
        for i, term in enumerate(generator):
            total ^= term if top >> i & 1 else 0
    return total ^ 1


def age(raw: bytes, *, padding: int = 0) -> str:
    """An age key of these 32 bytes, with a right checksum."""
    bits = int.from_bytes(raw, "big") << 4 | padding
    words = [bits >> 5 * (51 - n) & 31 for n in range(52)]
    prefix = [ord(letter) >> 5 for letter in "age"] + [0] + [ord(letter) & 31 for letter in "age"]
    check = checksum([*prefix, *words, *[0] * 6])
    return "age1" + "".join(BECH32[one] for one in [*words, *[check >> 5 * (5 - n) & 31 for n in range(6)]])


def ssh(kind: str, *fields: bytes, inner: str | None = None) -> str:
    """An SSH key of these fields."""
    listed = ((inner or kind).encode(), *fields)
    return f"{kind} {base64.b64encode(b''.join(len(one).to_bytes(4, 'big') + one for one in listed)).decode()}"


def number(value: int) -> bytes:
    """An mpint: RFC 4251, 5."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def rsa(exponent: int, modulus: int) -> str:
    """An RSA key."""
    return ssh("ssh-rsa", number(exponent), number(modulus))


def accepted(key: str) -> bool:
    """Whether it is taken, and then certainly usable."""
    try:
        return encryption.encrypt(b"x", encryption.normal(key)).startswith(b"age-encryption.org/v1")
    except ValueError:
        return False


def test_there_are_eight_points_of_low_order() -> None:
    """The list that the tests below go through is made by the curve's formulas, and complete."""
    assert len(set(torsion())) == 8
    assert all(times(8, point) == NEUTRAL for point in torsion())
    assert {montgomery(point) for point in torsion()} >= {0, 1}


@pytest.mark.parametrize("n", range(8))
def test_ed25519_points_of_low_order(n: int) -> None:
    """Anybody could open the file: refused in each spelling, with either sign."""
    for raw in spellings(torsion()[n][1]):
        assert not accepted(ssh("ssh-ed25519", raw))


def test_x25519_points_of_low_order() -> None:
    """Refused before the library panics over them: on the curve, on the twist, beyond P, with the highest bit set."""
    for u in {montgomery(point) for point in torsion()} | {P - 1}:
        for raw in spellings(u):
            assert not curve25519.from_montgomery(raw)
            assert not accepted(age(raw))


@pytest.mark.parametrize("n", range(1, 8))
def test_points_of_mixed_order(n: int) -> None:
    """A good key plus a point of low order is a key that nobody has."""
    good = times(8, points()[0])
    mixed = add(good, torsion()[n])
    for point, expected in ((good, True), (mixed, False)):
        sign = (point[0] & 1) << 255
        assert accepted(ssh("ssh-ed25519", (point[1] | sign).to_bytes(32, "little"))) is expected
        assert accepted(age(montgomery(point).to_bytes(32, "little"))) is expected


def test_points_off_the_curve() -> None:
    """No private key leads to them: a y without a point, a u on the twist."""
    off = [y for y in range(2, 30) if with_y(y) is None]
    assert len(off) > 5
    for y in off:
        assert not accepted(ssh("ssh-ed25519", y.to_bytes(32, "little")))
        u = (1 + y) * pow(1 - y, -1, P) % P
        assert not accepted(age(u.to_bytes(32, "little")))


def test_keys_as_tools_make_them() -> None:
    """Many fresh keys of age are all taken; so is the base point."""
    for _ in range(30):
        key = str(pyrage.x25519.Identity.generate().to_public())
        assert encryption.normal(key) == key
    assert accepted(age((9).to_bytes(32, "little")))


@given(st.integers(1, 2**252))
@settings(max_examples=30, deadline=None)
def test_every_multiple_of_the_base_point_is_sound(n: int) -> None:
    """Both forms of a key that a private half leads to are sound."""
    base = with_y(4 * pow(5, -1, P))
    assert base
    point = times(8 * n, base)
    assert curve25519.from_edwards(point[1].to_bytes(32, "little"))
    assert curve25519.from_montgomery(montgomery(point).to_bytes(32, "little"))


@pytest.mark.parametrize("exponent", [0, 1, 2, 4, 65536, 2**33 + 1, MODULUS + 2], ids=range(7))
def test_rsa_exponents(exponent: int) -> None:
    """1 encrypts nothing, an even one cannot be undone, a huge one is none."""
    assert accepted(rsa(65537, MODULUS))
    assert accepted(rsa(3, MODULUS))
    assert not accepted(rsa(exponent, MODULUS))


@pytest.mark.parametrize(
    "modulus",
    [0, 1, 3, 15, MODULUS + 1, 2**2047 + 1, (2**1024 - 105) ** 2, 3 << 2047 | 3, 2**1023 - 9, 2**20000 - 1237],
    ids=range(10),
)
def test_rsa_moduli(modulus: int) -> None:
    """Too small, too large, even, a square, or with a factor that everybody finds."""
    assert not accepted(rsa(65537, modulus))


def test_fields_of_an_rsa_key() -> None:
    """Negative numbers, needless zeros, and fewer or more fields are no keys."""
    good = number(65537), number(MODULUS)
    assert accepted(ssh("ssh-rsa", *good))
    for fields in (
        (good[0],),
        (*good, b""),
        (b"\0" + good[0], good[1]),
        (good[0], b"\0" + good[1]),
        (good[0], good[1][1:]),
        (good[1], good[0]),
    ):
        assert not accepted(ssh("ssh-rsa", *fields)), fields
    assert not accepted(ssh("ssh-rsa", *good, inner="ssh-dss"))
    assert not accepted(ssh("ssh-ed25519", *good, inner="ssh-rsa"))


def test_spellings_of_one_key() -> None:
    """Trailing data, other base64, other letters and a padding that is not zero are refused; a comment is dropped."""
    raw = montgomery(times(8, points()[0])).to_bytes(32, "little")
    edwards = times(8, points()[0])[1].to_bytes(32, "little")
    good = ssh("ssh-ed25519", edwards)
    assert accepted(age(raw))
    assert encryption.normal(f"{good} alice@example.com") == good
    for bad in (
        age(raw, padding=1),
        age(raw).upper(),
        age(raw) + "q",
        age(raw)[:-1],
        age(raw)[:-1] + ("q" if age(raw)[-1] != "q" else "p"),
        f"{age(raw)} alice",
        ssh("ssh-ed25519", edwards, b""),
        ssh("ssh-ed25519", edwards, b"x"),
        ssh("ssh-ed25519", edwards + b"\0"),
        ssh("ssh-ed25519", edwards[:-1]),
        good + "AAAA",
        good[:-1],
        good.replace(" ", "  "),
        "ssh-ed25519",
        "ssh-ed25519 ",
        "ssh-rsa \u212a",
    ):
        assert not accepted(bad), bad


class Panic(BaseException):
    """What a Rust library's panic becomes: no Exception."""


@pytest.mark.parametrize(("raised", "comes"), [(Panic, ValueError), (OSError, ValueError), (KeyboardInterrupt, None)])
def test_a_panic_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, raised: type[BaseException], comes: type[BaseException] | None
) -> None:
    """Whatever the library raises for a sound key is a ValueError; an interrupt stays one."""
    monkeypatch.setitem(sys.modules, "pyrage", SimpleNamespace(x25519=failing(raised), encrypt=None))
    with pytest.raises(comes or raised):
        encryption.normal(age((9).to_bytes(32, "little")))


def failing(raised: type[BaseException]) -> object:
    """A library that fails at the first question."""

    def from_str(_key: str) -> Callable[[], None]:
        raise raised

    return SimpleNamespace(Recipient=SimpleNamespace(from_str=from_str))
