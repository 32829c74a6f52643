"""Checks that a public key on Curve25519 can have a private key.

A key that was made as documented is a multiple of the base point. So it lies in the base point's subgroup, whose order
is the prime L (https://www.rfc-editor.org/rfc/rfc7748#section-4.1). Every other key is a trap:

- a point of low order: its shared secret is zero, so everybody can decrypt what is encrypted to it
  (https://www.rfc-editor.org/rfc/rfc7748#section-6.1);
- a point of mixed order, or on the twist: it has no private key, so nobody can decrypt;
- a coordinate of P or more: another spelling of a point, perhaps of one of low order.

One check finds all of them: the point must not be neutral, and L times the point must be neutral.
"""

from __future__ import annotations

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_A24 = 121665


def from_montgomery(encoded: bytes) -> bool:
    """Whether these 32 bytes are an X25519 public key that can have a private key."""
    u = int.from_bytes(encoded, "little")
    return len(encoded) == 32 and u < P and _has_prime_order(u, 1)


def from_edwards(encoded: bytes) -> bool:
    """Whether these 32 bytes are an Ed25519 public key that age can use, as the X25519 key u = (1 + y) / (1 - y).

    A y of no point on the curve becomes a u on the twist. https://www.rfc-editor.org/rfc/rfc8032#section-5.1.2
    """
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return len(encoded) == 32 and y < P and _has_prime_order(1 + y, 1 - y)


def _has_prime_order(x: int, z: int) -> bool:
    """Whether the point with u = x / z (neutral if z is 0) is a multiple of the base point, and not neutral.

    It uses the ladder of https://www.rfc-editor.org/rfc/rfc7748#section-5, whose result stays projective. The ladder
    needs no y, so it also works for points on the twist. The order of the twist is 4 times another prime, so L times a
    point of the twist is never neutral.
    """
    if z % P == 0:
        return False
    u = x * pow(z, -1, P) % P
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in map(int, f"{L:b}"):
        if bit:
            x3, z3, x2, z2 = _step(u, x3, z3, x2, z2)
        else:
            x2, z2, x3, z3 = _step(u, x2, z2, x3, z3)
    # For u = 0, the point of order 2, the ladder yields 0 / 0, which would look neutral.
    return u != 0 and z2 == 0


def _step(u: int, x2: int, z2: int, x3: int, z3: int) -> tuple[int, int, int, int]:
    """Twice the first point, and the sum of both; `u` is their difference."""
    plus, minus = x2 + z2, x2 - z2
    square, other = plus * plus % P, minus * minus % P
    gap = square - other
    da, cb = (x3 - z3) * plus % P, (x3 + z3) * minus % P
    doubled = square * other % P, gap * (square + _A24 * gap) % P
    return *doubled, (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
