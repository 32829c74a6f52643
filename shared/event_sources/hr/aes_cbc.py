"""AES-256 in CBC mode with PKCS#7 padding, with `cryptography`, which is loaded only for an encrypted event.

CBC does not protect against changes. So the caller verifies a signature before, or answers every error in the same way.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 16
"""The bytes of an AES block."""


class BadCipher(ValueError):
    """The data was not encrypted with this key and padding."""


def encrypt(key: bytes, vector: bytes, plain: bytes, pad_to: int) -> bytes:
    """Encrypt a text that is padded to a multiple of `pad_to` bytes."""
    count = pad_to - len(plain) % pad_to
    worker = _cipher(key, vector).encryptor()
    return worker.update(plain + bytes([count]) * count) + worker.finalize()


def decrypt(key: bytes, vector: bytes, data: bytes, pad_to: int) -> bytes:
    """Decrypt, and remove the padding after verifying each byte of it. Raises BadCipher."""
    if not data or len(data) % BLOCK or len(vector) != BLOCK:
        raise BadCipher("no whole blocks")
    worker = _cipher(key, vector).decryptor()
    plain = worker.update(data) + worker.finalize()
    count = plain[-1]
    if not 1 <= count <= pad_to or not hmac.compare_digest(plain[-count:], bytes([count]) * count):
        raise BadCipher("no padding")
    return plain[:-count]


def _cipher(key: bytes, vector: bytes) -> Cipher[CBC]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher(AES(key), CBC(vector))
