"""Where a function runs: what its instance keeps between invocations, and the clouds as one invocation sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from shared.clock import Clock
from shared.deadline import Deadline
from shared.errors import CloudError, Misconfigured
from shared.policies.catalog import PolicyCache
from shared.policies.sub_users import UserCache
from shared.settings import Settings
from shared.tencent.api import Api
from shared.tencent.cos import Cos
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.session import Connections, RoleCredentials

if TYPE_CHECKING:
    from shared.policies.authorization import Authorization


class Warm:
    """What an instance keeps between invocations: connections, its rate_limiter, and what it has looked up."""

    def __init__(self, connections: Connections | None = None) -> None:
        self.connections = connections or Connections()
        self.rate_limiter = RateLimiter()
        self.policies = PolicyCache()
        self.users = UserCache()
        self.owner_uin = ""
        self.own_uin: tuple[str, str] = ("", "")
        self.bucket_checked = False
        self.lock = threading.Lock()


class Site(NamedTuple):
    """Where an invocation runs: its function, settings, environment, instance, clock, and when it ends."""

    function: str
    settings: Settings
    env: Mapping[str, str]
    warm: Warm
    clock: Clock
    ends_at: float

    def credentials(self) -> RoleCredentials:
        """The role's credentials as they are now, and a note of when they were first seen. Raises Misconfigured."""
        credentials = RoleCredentials.read(self.env)
        self.warm.connections.seen_since(credentials, self.clock.now())
        return credentials

    def cos(self, deadline: Deadline) -> Cos:
        """The bucket."""
        settings = self.settings
        where = (settings.bucket, settings.region, settings.cos_endpoint)
        return Cos(self.warm.connections, self.credentials(), *where, deadline)

    def api(self, deadline: Deadline) -> Api:
        """CAM and STS."""
        settings, warm = self.settings, self.warm
        return Api(
            warm.connections, self.credentials(), settings.region, settings.api_endpoint, deadline, warm.rate_limiter
        )

    def check_bucket(self, cos: Cos) -> None:
        """Refuse a bucket on which create-only writes do not hold, once for each instance. Raises Misconfigured.

        Where versioning is on or was, COS ignores the header without a word
        (https://cloud.tencent.com/document/product/436/7749). A role that may not look is taken at the deployment's
        word: `im-access doctor` looks with other eyes.
        """
        with self.warm.lock:
            if self.warm.bucket_checked:
                return
            try:
                versioning = cos.versioning()
            except CloudError:
                versioning = ""
            if versioning:
                raise Misconfigured("IM_ACCESS_BUCKET", "names a bucket that has or had versioning: choose another")
            self.warm.bucket_checked = True

    def owner_uin(self, api: Api) -> str:
        """The main account's UIN: the setting, or what STS says, asked once for each instance."""
        from shared.tencent.sts import owner_uin

        with self.warm.lock:
            self.warm.owner_uin = self.settings.owner_uin or self.warm.owner_uin or owner_uin(api)
            return self.warm.owner_uin

    def own_uin(self, api: Api) -> str:
        """The UIN of the user whose permanent keys the function runs with, asked once for each key; "" for a role."""
        credentials = self.credentials()
        if credentials.token:
            return ""
        from shared.tencent.sts import caller_uin

        with self.warm.lock:
            if self.warm.own_uin[0] != credentials.secret_id:
                self.warm.own_uin = (credentials.secret_id, caller_uin(api))
            return self.warm.own_uin[1]

    def guard(self, own_uin: Callable[[], str] = str) -> Authorization:
        """The guard. The main account is protected by each of the UINs that are known for it without asking."""
        from shared.policies.authorization import Authorization

        settings = self.settings
        owners = (settings.owner_uin or "", self.warm.owner_uin, self.env.get("TENCENTCLOUD_UIN", "").strip())
        protected = (*settings.protected_users, *filter(None, owners))
        return Authorization(settings.policies, settings.allow_foreign_policies, protected, own_uin)


_warm: Warm | None = None


def instance() -> Warm:
    """This process's own."""
    global _warm  # noqa: PLW0603 - the one thing that outlives an invocation
    _warm = _warm or Warm()
    return _warm
