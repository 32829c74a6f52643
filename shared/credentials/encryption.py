"""Public keys that a credentials file is encrypted to: age's own, and the SSH keys that people already have.

    age1...                       https://age-encryption.org/v1
    ssh-ed25519 AAAA... alice     https://github.com/C2SP/C2SP/blob/main/age.md, "The ssh-ed25519 recipient type"
    ssh-rsa AAAA... alice

The recipient reads the file with `age -d -i <identity file>`; whoever else gets hold of it has noise.
"""

from __future__ import annotations

_REFUSED = "is no age or SSH public key that a file can be encrypted to (age1..., ssh-ed25519 ..., ssh-rsa ...)"
_SSH = ("ssh-ed25519", "ssh-rsa")


def normal(text: str) -> str:
    """The key without the comment that usually follows an SSH key. Raises ValueError for everything but one good key.

    A good key is one whose private half one person can have: see `public_keys`. The library takes some that nobody or
    everybody can decrypt for. Then something is encrypted to it and thrown away: no key may turn out to be unfit once
    its user has been created.
    """
    from shared.credentials import public_keys

    words = text.split(" ")
    key = " ".join(words[:2]) if words[0] in _SSH else text
    if not key.isascii() or not key.isprintable() or not public_keys.sound(key) or not _works(key):
        raise ValueError(_REFUSED)
    return key


def encrypt(content: bytes, key: str) -> bytes:
    """The content as a binary age file for this key, which `normal` has returned."""
    import pyrage

    kind = pyrage.ssh if key.startswith("ssh-") else pyrage.x25519
    sealed: bytes = pyrage.encrypt(content, [kind.Recipient.from_str(key)])
    return sealed


def _works(key: str) -> bool:
    """Whether the library encrypts to it. A panic of its Rust code is a BaseException and no Exception (PyO3)."""
    try:
        encrypt(b"", key)
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - whatever a library in another language thinks of hostile input
        return False
    return True
