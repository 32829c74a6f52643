"""The credentials of a user: the password, the CSV file with it, and the time until which a link to the file
is valid.
"""

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
"""CAM requires at least 8; an account may require more. 32 is said to be the maximum."""

HEADER = ("Login URL", "User name", "Password", "SecretId", "SecretKey")
FILES = "credentials/"
"""The prefix of the files, the only objects in the bucket that hold secrets."""
ENCRYPTED = ".age"
"""The ending of the names of encrypted files."""


class Credentials(NamedTuple):
    """The credentials of a user: `password` is None without console login, `key` is None without API access."""

    login_url: str | None
    user: str
    password: Secret | None
    key: Key | None

    def csv(self) -> bytes:
        """The file: RFC 4180, UTF-8 with a byte order mark for Excel, CRLF line ends."""
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
    """The object key of an attempt's file. `nonce` is random and secret, so nobody can guess the key."""
    return f"{FILES}{nonce}-{attempt}.csv" + (ENCRYPTED if encrypted else "")


def file_headers(file: str) -> dict[str, str]:
    """The headers that are stored with the file: for plain CSV, or for an age file."""
    encrypted = file.endswith(ENCRYPTED)
    return {
        "content-type": "application/octet-stream" if encrypted else "text/csv; charset=utf-8",
        "content-disposition": f"attachment;filename={download_name(file)}",
        "cache-control": "no-store",
        "x-cos-server-side-encryption": "AES256",
    }


def download_name(file: str) -> str:
    """The file name for downloads; it names no user."""
    return "credentials.csv" + (ENCRYPTED if file.endswith(ENCRYPTED) else "")


def new_password() -> Secret:
    """A random password of about 140 bits that meets CAM's rules
    (https://cloud.tencent.com/document/product/598/34595).

    It has no look-alike characters and none that CSV would quote. It begins with a letter, because spreadsheets read a
    cell that begins with `=`, `+`, `-` or `@` as a formula.
    """
    letters = _LETTERS_UPPER + _LETTERS_LOWER
    while True:
        password = secrets.choice(letters) + "".join(
            secrets.choice(letters + _DIGITS + _SPECIAL) for _ in range(_LENGTH - 1)
        )
        if all(set(password) & set(kind) for kind in (_LETTERS_UPPER, _LETTERS_LOWER, _DIGITS, _SPECIAL)):
            return Secret(password)


def login_url(owner_uin: str, user: str) -> str:
    """The console's login page for a sub-user. The characters of a user name need no encoding there."""
    return f"https://cloud.tencent.com/login/subAccount/{owner_uin}?type=subAccount&username={user}"


def link_end(now: float, ttl: int, seen_since: float, lifetime: int) -> int:
    """When a new link ends: after `ttl` seconds, or when the credentials that sign it expire, whichever comes first."""
    return int(min(now + ttl, seen_since + lifetime))
