"""Encrypts credentials files with age, to age keys or to SSH public keys.

    age1...                       https://age-encryption.org/v1
    ssh-ed25519 AAAA... alice     https://github.com/C2SP/C2SP/blob/main/age.md, "The ssh-ed25519 recipient type"
    ssh-rsa AAAA... alice

The recipient decrypts the file with `age -d -i <identity file>`.
"""

from __future__ import annotations

_REFUSED = "is no age or SSH public key that a file can be encrypted to (age1..., ssh-ed25519 ..., ssh-rsa ...)"
_SSH = ("ssh-ed25519", "ssh-rsa")


def normal(text: str) -> str:
    """The key without the comment that often follows an SSH key. Raises ValueError for anything but one good key.

    Good is a key whose private key exactly one person can have (see `public_keys`); the library also accepts some keys
    that nobody, or everybody, can decrypt for. Then a test text is encrypted to the key, because no key may turn out to
    be unusable after its user was created.
    """
    from shared.credentials import public_keys

    words = text.split(" ")
    key = " ".join(words[:2]) if words[0] in _SSH else text
    if not key.isascii() or not key.isprintable() or not public_keys.sound(key) or not _works(key):
        raise ValueError(_REFUSED)
    return key


def encrypt(content: bytes, key: str) -> bytes:
    """The content as a binary age file for this key, which comes from `normal`."""
    import pyrage

    kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    sealed: bytes = pyrage.encrypt(content, [kind.Recipient.from_str(key)])
    return sealed


def _works(key: str) -> bool:
    """Whether the library can encrypt to the key. A panic of its Rust code is a BaseException and no Exception
    (PyO3).
    """
    try:
        encrypt(b"", key)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - whatever a library in another language thinks of hostile input
        return False
    return True
