"""Verifies and decrypts the callbacks of WeCom and DingTalk: signed with SHA-1 over a token, encrypted with AES.

    key = base64 of 43 characters and "="; the initialisation vector is the beginning of the key
    plain = 16 random bytes + length of the text (4 bytes, big-endian) + text + owner, padded to 32 bytes
    signature = hex SHA-1 of token, timestamp, nonce and the encrypted text, sorted and joined

https://developer.work.weixin.qq.com/document/path/90968. Two bits of the key's last character have no meaning.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import NamedTuple

from shared.errors import Rejected
from shared.event_sources.hr.aes_cbc import BLOCK, BadCipher, decrypt, encrypt
from shared.secret import Secret

_PADDED_TO = 32
_HEAD = BLOCK + 4


class Opened(NamedTuple):
    """A decrypted text, and its owner: a corporation or an app."""

    text: bytes
    owner: str


class CallbackCrypto:
    """A callback's token and key."""

    def __init__(self, token: Secret, aes_key: Secret) -> None:
        self._token = token
        self._key = base64.b64decode(aes_key.reveal() + "=")

    def sign(self, timestamp: str, nonce: str, encrypted: str) -> str:
        """The signature of an encrypted text."""
        words = sorted([self._token.reveal(), timestamp, nonce, encrypted])
        return hashlib.sha1("".join(words).encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324 - as they want it

    def open(self, signature: str, timestamp: str, nonce: str, encrypted: str, owners: Iterable[str]) -> Opened:
        """Verify and decrypt a text for one of these owners. Raises Rejected `unauthorized`."""
        expected = self.sign(timestamp, nonce, encrypted)
        if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
            raise Rejected("unauthorized")
        try:
            data = base64.b64decode(encrypted, validate=True)
            plain = decrypt(self._key, self._key[:BLOCK], data, _PADDED_TO)
            opened = _parted(plain)
        except ValueError:
            raise Rejected("unauthorized") from None
        # Every owner is compared, so that the time does not show which one it is.
        if not sum(hmac.compare_digest(opened.owner.encode(), owner.encode()) for owner in owners):
            raise Rejected("unauthorized")
        return opened

    def seal(self, random: bytes, text: bytes, owner: str) -> str:
        """Encrypt a text for an owner. `random`: 16 bytes that are used only once."""
        plain = random + len(text).to_bytes(4, "big") + text + owner.encode()
        return base64.b64encode(encrypt(self._key, self._key[:BLOCK], plain, _PADDED_TO)).decode()


def _parted(plain: bytes) -> Opened:
    """Raises BadCipher, UnicodeDecodeError."""
    length = int.from_bytes(plain[BLOCK:_HEAD], "big")
    if len(plain) < _HEAD + length:
        raise BadCipher("the text is longer than what there is")
    return Opened(plain[_HEAD : _HEAD + length], plain[_HEAD + length :].decode())
