"""A new user's credentials: the password, the file, and the link that fetches it for a while."""

import csv
import io
import secrets
from typing import NamedTuple

from shared.ports import Key
from shared.secret import Secret

_LETTERS_UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LETTERS_LOWER = "abcdefghijkmnopqrstuvwxyz"
_DIGITS = "23456789"
_SPECIAL = "!#%*?"
_LENGTH = 24
"""CAM wants at least 8; an account may want more, and 32 is said to be the most."""

HEADER = ("Login URL", "User name", "Password", "SecretId", "SecretKey")
FILES = "credentials/"
"""Where the files are: the only place with secrets in the bucket."""
ENCRYPTED = ".age"
"""What the name of an encrypted file ends with."""


class Credentials(NamedTuple):
    """What a new user receives: the password, None without console login, and the key, None without API access."""

    login_url: str | None
    user: str
    password: Secret | None
    key: Key | None

    def csv(self) -> bytes:
        """The file: RFC 4180, UTF-8 with a byte order mark for Excel, every line ending with CRLF."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(HEADER)
        writer.writerow(
            (
                self.login_url or "",
                self.user,
                self.password.reveal() if self.password else "",
                self.key.secret_id if self.key else "",
                self.key.secret_key.reveal() if self.key else "",
            )
        )
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def file_name(nonce: str, attempt: int, *, encrypted: bool) -> str:
    """The object key of an attempt's file; `nonce` is random and known to nobody else."""
    return f"{FILES}{nonce}-{attempt}.csv" + (ENCRYPTED if encrypted else "")


def file_headers(file: str) -> dict[str, str]:
    """What is stored beside the file of this object key: plain CSV, or CSV in an age file."""
    encrypted = file.endswith(ENCRYPTED)
    return {
        "content-type": "application/octet-stream" if encrypted else "text/csv; charset=utf-8",
        "content-disposition": f"attachment;filename={download_name(file)}",
        "cache-control": "no-store",
        "x-cos-server-side-encryption": "AES256",
    }


def download_name(file: str) -> str:
    """What the file of this object key is called where it is downloaded; it names nobody."""
    return "credentials.csv" + (ENCRYPTED if file.endswith(ENCRYPTED) else "")


def new_password() -> Secret:
    """A random password of about 140 bits that meets CAM's rules (https://cloud.tencent.com/document/product/598/34595).

    No look-alike characters, nothing that CSV quotes, and a letter first: a spreadsheet takes `=`, `+`, `-` and `@` at
    the start of a cell for a formula.
    """
    letters = _LETTERS_UPPER + _LETTERS_LOWER
    while True:
        password = secrets.choice(letters) + "".join(
            secrets.choice(letters + _DIGITS + _SPECIAL) for _ in range(_LENGTH - 1)
        )
        if all(set(password) & set(kind) for kind in (_LETTERS_UPPER, _LETTERS_LOWER, _DIGITS, _SPECIAL)):
            return Secret(password)


def login_url(owner_uin: str, user: str) -> str:
    """The console's login page for a sub-user; every character of a user name stands for itself there."""
    return f"https://cloud.tencent.com/login/subAccount/{owner_uin}?type=subAccount&username={user}"


def link_end(now: float, ttl: int, seen_since: float, lifetime: int) -> int:
    """When a link made now ends: after its time, or when the credentials that sign it end, whichever is first."""
    return int(min(now + ttl, seen_since + lifetime))
