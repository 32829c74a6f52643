"""Makes credentials and writes their file, for a create, a restore and a reissue."""

from __future__ import annotations

import hashlib

from shared.credentials.csv_file import FILES, Credentials, file_headers, file_name
from shared.credentials.deliveries import Deliveries
from shared.credentials.encryption import encrypt
from shared.deadline import Deadline
from shared.errors import Settling, Unavailable
from shared.idempotency.lease import Lease
from shared.policies.policy_writes import patiently
from shared.ports import Directory, Key, Store


class CredentialIssuer:
    """The steps, for one request."""

    def __init__(self, cam: Directory, store: Store, deadline: Deadline) -> None:
        self._cam = cam
        self._store = store
        self._deliveries = Deliveries(store)
        self._deadline = deadline

    def delete_former(self, lease: Lease) -> None:
        """Delete the files of earlier attempts, which nobody was told of."""
        if lease.number == 1:
            return
        for row in self._store.below(f"{FILES}{lease.nonce}-"):
            self._store.delete(row.key)

    def new_key(self, uin: int, lease: Lease) -> Key:
        """An API key that carries the request's mark; the user may be so new that CAM does not know it yet."""
        made: list[Key] = []
        patiently(lambda: made.append(self._cam.create_key(uin, mark(lease))), self._deadline)
        return made[0]

    def deliver(self, lease: Lease, uin: int, credentials: Credentials, encrypt_to: str | None) -> str:
        """Write the file; its object key. Raises Unavailable, CloudError."""
        file = file_name(lease.nonce, lease.number, encrypted=encrypt_to is not None)
        content = credentials.csv() if encrypt_to is None else encrypt(credentials.csv(), encrypt_to)
        self._deliveries.note(uin, file)
        if not self._store.create(file, content, headers=file_headers(file)):
            raise Unavailable("The credentials file could not be written")
        return file

    def see_everything(self, seconds: float) -> None:
        """Wait until CAM's reads show earlier writes. Raises Settling where time is short; then the lease holds on."""
        try:
            self._deadline.wait(seconds)
        except Unavailable as late:
            self._deadline.unsettled = True
            raise Settling(late.detail, retry_after=late.retry_after or 5) from None


def mark(lease: Lease) -> str:
    """The mark of a request on its user and its keys. It is made from a random value that only the request's leases
    hold, so nobody can forge it, and without the store it proves nothing.
    """
    return f"im-access:{hashlib.sha256(f'mark:{lease.nonce}'.encode()).hexdigest()[:32]}"
