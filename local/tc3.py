"""Checks TC3-HMAC-SHA256, the signature of Tencent Cloud's API 3.0.

Source: https://cloud.tencent.com/document/api/213/30654, and the requests of the SDKs, which differ from it.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache

ALGORITHM = "TC3-HMAC-SHA256"
TOLERANCE = 300
UNSIGNED = "UNSIGNED-PAYLOAD"
AUTHORIZATION = re.compile(
    ALGORITHM + r"\s+Credential=(?P<id>[^/,\s]+)/(?P<date>\d{4}-\d{2}-\d{2})/(?P<service>[^/,\s]+)/tc3_request"
    r",\s*SignedHeaders=(?P<headers>[^,\s]+),\s*Signature=(?P<signature>[0-9a-fA-F]{64})"
)


@dataclass(frozen=True)
class Scope:
    """The fields of an ``Authorization`` header. The service only takes part in the signing key."""

    secret_id: str
    date: str
    service: str
    headers: tuple[str, ...]
    signature: str

    @classmethod
    def parse(cls, authorization: str) -> "Scope | None":
        """Parse the header; None if it has another algorithm or leaves out a mandatory signed header."""
        found = AUTHORIZATION.fullmatch(authorization.strip())
        if not found:
            return None
        headers = tuple(found["headers"].lower().split(";"))
        if not {"content-type", "host"} <= set(headers):
            return None
        return cls(found["id"], found["date"], found["service"], headers, found["signature"].lower())


@dataclass(frozen=True)
class Signed:
    """The parts of a request that are signed."""

    method: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def payload_hash(self) -> str:
        """The body's hash: of the text UNSIGNED-PAYLOAD if the client says so, of an empty body for GET."""
        if self.headers.get("X-TC-Content-SHA256") == UNSIGNED:
            return sha256(UNSIGNED.encode())
        return sha256(b"" if self.method == "GET" else self.body)

    def canonical_request(self, names: tuple[str, ...], values: Mapping[str, str]) -> str:
        """The text whose hash is signed; the block of headers ends with an additional line feed."""
        block = "".join(f"{name}:{values[name]}\n" for name in names)
        query = self.query if self.method == "GET" else ""
        return "\n".join((self.method, "/", query, block, ";".join(names), self.payload_hash()))

    def signed_forms(self, names: tuple[str, ...]) -> Iterator[dict[str, str]]:
        """The forms in which clients sign their headers.

        The documentation converts values to lower case, the SDKs do not. The Node SDK sends the host with its port and
        signs it without.
        """
        plain = {name: self.headers.get(name, "").strip() for name in names}
        portless = {**plain, "host": re.sub(r":\d+$", "", plain["host"])}
        for values in (plain, portless):
            yield values
            yield {name: value.lower() for name, value in values.items()}


def sha256(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=64)  # keys are valid for a day
def signing_keys(secret_key: str, date: str, service: str) -> tuple[bytes, bytes, bytes]:
    """The chain of keys: the date's, the service's, and the key that signs."""
    of_date = hmac.digest(b"TC3" + secret_key.encode(), date.encode(), "sha256")
    of_service = hmac.digest(of_date, service.encode(), "sha256")
    return of_date, of_service, hmac.digest(of_service, b"tc3_request", "sha256")


def sign(secret_key: str, timestamp: str, scope: Scope, canonical_request: str) -> str:
    """The signature of a canonical request."""
    digest = sha256(canonical_request.encode("utf-8", "surrogateescape"))
    text = f"{ALGORITHM}\n{timestamp}\n{scope.date}/{scope.service}/tc3_request\n{digest}"
    return hmac.digest(signing_keys(secret_key, scope.date, scope.service)[-1], text.encode(), "sha256").hex()


def in_time(timestamp: str, date: str, now: float) -> bool:
    """Whether the timestamp is within five minutes of now, and its date in UTC is the scope's date."""
    if not re.fullmatch(r"\d{1,12}", timestamp) or abs(now - int(timestamp)) > TOLERANCE:
        return False
    return datetime.fromtimestamp(int(timestamp), timezone.utc).strftime("%Y-%m-%d") == date


def verify(secret_key: str, timestamp: str, scope: Scope, signed: Signed) -> bool:
    """Whether the signature is right in any of the forms; compares in constant time."""
    candidates = (
        sign(secret_key, timestamp, scope, signed.canonical_request(scope.headers, values))
        for values in signed.signed_forms(scope.headers)
    )
    return any(hmac.compare_digest(candidate, scope.signature) for candidate in candidates)
