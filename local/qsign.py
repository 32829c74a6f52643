"""COS's request signature ("q-sign"), in the Authorization header or in a presigned URL's query.

Source: https://cloud.tencent.com/document/product/436/7778, and what the SDKs send.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, unquote

FIELDS = (
    "q-sign-algorithm",
    "q-ak",
    "q-sign-time",
    "q-key-time",
    "q-header-list",
    "q-url-param-list",
    "q-signature",
)  # fmt: skip
SECONDS = re.compile(r"(\d{1,12});(\d{1,12})")


@lru_cache(maxsize=1024)
def enc(text: str) -> str:
    """Percent-encode the UTF-8 bytes of everything but ``A-Za-z0-9-_.~``.

    The result is cached, because one request is checked in two forms and tokens are long.
    """
    return quote(text.encode("utf-8", "surrogateescape"), safe="")


@lru_cache(maxsize=256)  # most requests sign the same names
def names(listed: str) -> tuple[str, ...]:
    """The names of a list, percent-encoded and in lower case, in whatever form they arrived."""
    return tuple(enc(unquote(name)).lower() for name in listed.split(";") if name)


@dataclass(frozen=True)
class Signature:
    """The seven fields of a signature."""

    secret_id: str
    sign_time: str
    key_time: str
    headers: tuple[str, ...]
    params: tuple[str, ...]
    signature: str

    @classmethod
    def find(cls, authorization: str, query: Mapping[str, str]) -> "Signature | None":
        """The signature of a request, from its header or else its query; None if neither has one of this algorithm."""
        return _of_header(authorization) if authorization else cls.of(query)

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> "Signature | None":
        """The signature of these fields."""
        if any(name not in fields for name in FIELDS) or fields["q-sign-algorithm"] != "sha1":
            return None
        return cls(
            fields["q-ak"],
            fields["q-sign-time"],
            fields["q-key-time"],
            names(fields["q-header-list"]),
            names(fields["q-url-param-list"]),
            fields["q-signature"].lower(),
        )

    def valid_at(self, now: float) -> bool:
        """Whether both time windows include the moment, ends included."""
        windows = [SECONDS.fullmatch(text) for text in (self.sign_time, self.key_time)]
        return all(one is not None and int(one[1]) <= int(now) <= int(one[2]) for one in windows)

    def covers_header(self, name: str) -> bool:
        """Whether the header is authenticated."""
        return enc(name).lower() in self.headers

    def covers_param(self, name: str) -> bool:
        """Whether the query parameter is authenticated."""
        return enc(name).lower() in self.params


@dataclass(frozen=True)
class Signed:
    """The parts of a request that are signed: the path is decoded and begins with a slash. The body is not signed."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]

    def http_strings(self, signature: Signature) -> Iterator[str]:
        """The text whose hash is signed, in two forms: with the host without its port, as most SDKs sign it, and as
        sent.
        """
        query = {enc(name).lower(): enc(value) for name, value in self.query.items()}
        params = "&".join(f"{name}={query.get(name, '')}" for name in signature.params)
        values = {name: self.headers.get(unquote(name), "") for name in signature.headers}
        for host in (re.sub(r":\d+$", "", values.get("host", "")), values.get("host", "")):
            listed = {**values, "host": host}
            headers = "&".join(f"{name}={enc(listed[name])}" for name in signature.headers)
            yield f"{self.method.lower()}\n{self.path}\n{params}\n{headers}\n"


@lru_cache(maxsize=16)  # a request's header is read twice: to find its caller, and to check the signature
def _of_header(authorization: str) -> Signature | None:
    parts = (text.partition("=") for text in authorization.split("&"))
    return Signature.of({name: unquote(value) for name, _, value in parts})


def sign_key(secret_key: str, key_time: str) -> str:
    """The key of a key time, as the hex text that signs."""
    return hmac.digest(secret_key.encode(), key_time.encode(), "sha1").hex()


def sign(secret_key: str, signature: Signature, http_string: str) -> str:
    """The signature of a request's text, over the times that the fields claim."""
    digest = hashlib.sha1(http_string.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
    text = f"sha1\n{signature.sign_time}\n{digest}\n"
    return hmac.digest(sign_key(secret_key, signature.key_time).encode(), text.encode(), "sha1").hex()


def verify(secret_key: str, signature: Signature, signed: Signed) -> bool:
    """Whether the signature is right; compares in constant time."""
    candidates = (sign(secret_key, signature, text) for text in signed.http_strings(signature))
    return any(hmac.compare_digest(candidate, signature.signature) for candidate in candidates)
