"""Creates API keys and writes credentials files, for a create, a restore and a reissue."""

from __future__ import annotations

import hashlib

from shared.credentials.csv_file import FILES, Credentials, file_headers, file_name
from shared.credentials.deliveries import Deliveries
from shared.credentials.encryption import encrypt
from shared.deadline import Deadline
from shared.errors import Settling, Unavailable
from shared.idempotency.lease import Lease
from shared.policies.policy_writes import retry_unknown_user
from shared.ports import Directory, Key, Store


class CredentialIssuer:
    """The steps, for one request."""

    def __init__(self, cam: Directory, store: Store, deadline: Deadline) -> None:
        self._cam = cam
        self._store = store
        self._deliveries = Deliveries(store)
        self._deadline = deadline

    def delete_former(self, lease: Lease) -> None:
        """Delete the files of earlier attempts, which were not announced to anybody."""
        if lease.number == 1:
            return
        for row in self._store.below(f"{FILES}{lease.nonce}-"):
            self._store.delete(row.key)

    def new_key(self, uin: int, lease: Lease) -> Key:
        """Create an API key with the mark of the request. A new user may not be known to CAM yet, so the call is
        repeated.
        """
        made: list[Key] = []
        retry_unknown_user(lambda: made.append(self._cam.create_key(uin, mark(lease))), self._deadline)
        return made[0]

    def deliver(self, lease: Lease, uin: int, credentials: Credentials, encrypt_to: str | None) -> str:
        """Write the file and return its object key. Raises Unavailable, CloudError."""
        file = file_name(lease.nonce, lease.number, encrypted=encrypt_to is not None)
        content = credentials.csv() if encrypt_to is None else encrypt(credentials.csv(), encrypt_to)
        self._deliveries.note(uin, file)
        if not self._store.create(file, content, headers=file_headers(file)):
            raise Unavailable("The credentials file could not be written")
        return file

    def wait_for_reads(self, seconds: float) -> None:
        """Wait until CAM's reads show earlier writes. Raises Settling where there is no time for it; then the lease is
        kept.
        """
        try:
            self._deadline.wait(seconds)
        except Unavailable as late:
            self._deadline.unsettled = True
            raise Settling(late.detail, retry_after=late.retry_after or 5) from None


def mark(lease: Lease) -> str:
    """The mark of a request on its user and keys. It is made from a random value that only the leases of the request
    hold, so nobody can forge it. It proves something only together with the store.
    """
    return f"im-access:{hashlib.sha256(f'mark:{lease.nonce}'.encode()).hexdigest()[:32]}"
