"""The signatures and encryption of HR systems. They are written apart from the functions' code, with another AES
library.

Sources: open.feishu.cn (Encrypt Key), developer.work.weixin.qq.com/document/path/90968 (WeCom, and DingTalk alike),
documentation.bamboohr.com/docs/webhooks.
"""

import base64
import hashlib
import hmac
import struct

from Crypto.Cipher import AES


def pad(data: bytes, block: int) -> bytes:
    """PKCS#7."""
    count = block - len(data) % block
    return data + bytes([count]) * count


def cbc(key: bytes, vector: bytes, data: bytes) -> bytes:
    """Encrypt whole blocks."""
    return AES.new(key, AES.MODE_CBC, vector).encrypt(data)


def feishu_encrypt(encrypt_key: str, vector: bytes, plain: bytes) -> str:
    """The `encrypt` of a Feishu event."""
    key = hashlib.sha256(encrypt_key.encode()).digest()
    return base64.b64encode(vector + cbc(key, vector, pad(plain, 16))).decode()


def feishu_signature(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    """The header `X-Lark-Signature`."""
    return hashlib.sha256((timestamp + nonce + encrypt_key).encode() + body).hexdigest()


def callback_encrypt(aes_key: str, random: bytes, message: bytes, owner: str) -> str:
    """The `Encrypt` of a WeCom or DingTalk callback."""
    key = base64.b64decode(aes_key + "=")
    return base64.b64encode(
        cbc(key, key[:16], pad(random + struct.pack(">I", len(message)) + message + owner.encode(), 32))
    ).decode()


def callback_decrypt(aes_key: str, text: str) -> tuple[bytes, str]:
    """The message and the owner in an answer."""
    key = base64.b64decode(aes_key + "=")
    plain = AES.new(key, AES.MODE_CBC, key[:16]).decrypt(base64.b64decode(text))
    plain = plain[: -plain[-1]]
    (length,) = struct.unpack(">I", plain[16:20])
    return plain[20 : 20 + length], plain[20 + length :].decode()


def callback_signature(token: str, timestamp: str, nonce: str, encrypted: str) -> str:
    """The signature of a WeCom or DingTalk callback."""
    return hashlib.sha1("".join(sorted([token, timestamp, nonce, encrypted])).encode()).hexdigest()  # noqa: S324 - theirs


def bamboohr_signature(private_key: str, body: bytes, timestamp: str) -> str:
    """The header `X-BambooHR-Signature`."""
    return hmac.new(private_key.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
