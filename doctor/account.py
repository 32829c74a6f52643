"""Checks of the account itself: the caller, the allow-list, the bucket, the quota."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator

from doctor.report import Finding
from shared.bootstrap.container import Container
from shared.errors import CloudError, ImAccessError, Unavailable
from shared.policies.catalog import PolicyCache, PolicyCatalog
from shared.policies.permissions_boundary import bounding
from shared.tencent.api import Api
from shared.tencent.cam import Cam
from shared.tencent.cos import Cos

FEW = 50
"""Sub-users left of the account's quota from which on somebody should ask for more."""


class Account:
    """The checks, each a generator of findings."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._deadline = container.deadline()
        self._clock = container.clock

    def api(self) -> Api:
        """CAM, STS and SCF. Raises Misconfigured."""
        return self._container.api(self._deadline)

    def cos(self) -> Cos:
        """The bucket. Raises Misconfigured."""
        return self._container.store(self._deadline)

    def settings(self) -> Iterator[Finding]:
        """Every setting is valid, and the settings are consistent."""
        self._container.settings.check()
        yield Finding("ok", "complete and consistent")

    def credentials(self) -> Iterator[Finding]:
        """Who calls, and with what kind of keys."""
        caller = self.api().read("sts", "GetCallerIdentity", {})
        temporary = bool(self._container.credentials().token)
        yield Finding("ok", f"{caller.get('Type')} of the account {caller.get('AccountId')}")
        if temporary:
            lifetime = self._container.settings.credential_lifetime
            yield Finding("ok", f"temporary; no API tells for how long, links are capped at {lifetime} s")
        else:
            advice = "A person may have them; a function takes its execution role instead."
            yield Finding("warning", "permanent keys", advice)

    def policies(self) -> Iterator[Finding]:
        """Every policy of the allow-list exists and may be given, and the boundary policy is fit to be a boundary."""
        authorization, settings = self._container.authorization(), self._container.settings
        known = PolicyCatalog(Cam(self.api()), PolicyCache(), self._clock)
        named = [(name, authorization.approve, "IM_ACCESS_POLICIES") for name in settings.policies]
        if settings.boundary_policy is not None:
            named.append((settings.boundary_policy, bounding, "IM_ACCESS_BOUNDARY_POLICY"))
        for name, check, setting in named:
            try:
                policy = check(known.confirm(known.resolve(name)))
            except (CloudError, Unavailable):
                raise
            except ImAccessError as error:
                yield Finding("failure", f"{name}: {error.detail}", f"Correct {setting}, or make the policy.")
            else:
                yield Finding("ok", f"{name}: {'preset' if policy.preset else 'custom'}, id {policy.id}")

    def bucket(self) -> Iterator[Finding]:
        """The bucket was never versioned, and is private."""
        cos = self.cos()
        versioning = cos.versioning()
        if versioning:
            advice = "Use a new bucket: create-only writes do not hold on this one, even when it is suspended."
            yield Finding("failure", f"versioning is {versioning}", advice)
        else:
            yield Finding("ok", "never versioned")
        if cos.public():
            yield Finding("failure", "readable by everybody", "Make the bucket private.")
        else:
            yield Finding("ok", "private")

    def quota(self) -> Iterator[Finding]:
        """How many more sub-users the account may have (https://cloud.tencent.com/document/product/598/13884)."""
        users = int(self.api().read("cam", "GetAccountSummary", {}).get("User") or 0)
        left = 1000 - users
        few = "Ask Tencent for a higher quota." if left < FEW else ""
        yield Finding("warning" if few else "ok", f"{users} sub-users; {left} left of the usual 1000", few)

    def reads_of_cam(self) -> Iterator[Finding]:
        """A read of CAM with the caller's own keys. What the functions may do is checked by their roles' policies
        instead.
        """
        try:
            Cam(self.api()).user(f"im-access-doctor-{secrets.token_hex(8)}")
        except CloudError as error:
            yield _refused("cam:GetUser", error)
        else:
            yield Finding("ok", "the caller may call cam:GetUser")

    def reads_of_cos(self) -> Iterator[Finding]:
        """Reads of the bucket with the caller's own keys."""
        cos = self.cos()
        looks: dict[str, Callable[[], object]] = {
            "cos:GetBucket": lambda: cos.below("requests/", limit=1),
            "cos:GetObject": lambda: cos.get("requests/doctor"),
        }
        for action, look in looks.items():
            try:
                look()
            except CloudError as error:
                yield _refused(action, error)
            else:
                yield Finding("ok", f"the caller may call {action}")

    def create_only(self) -> Iterator[Finding]:
        """A second create of the same object must be refused. Leases, receipts and the ledger depend on this."""
        cos, key = self.cos(), f"probe/{secrets.token_hex(16)}.json"
        first, second = cos.create(key, b'{"probe":1}'), cos.create(key, b'{"probe":2}')
        cos.delete(key)
        if first and not second:
            yield Finding("ok", "the second write was refused")
        else:
            advice = "Do not use this bucket: nothing would be exclusive."
            yield Finding("failure", "the second write was taken", advice)


def _refused(action: str, error: CloudError) -> Finding:
    advice = "Give the caller this right: im-access history, who and dead-letters need it."
    return Finding("failure", f"the caller may not call {action}: {error.cloud_code}", advice)
