"""Clients of CAM, STS and COS, with the role's present credentials and the connections of the instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.bootstrap.instance import Instance
from shared.bootstrap.invocation import Invocation
from shared.clock import Clock
from shared.deadline import Deadline
from shared.errors import CloudError, Misconfigured
from shared.tencent.api import Api
from shared.tencent.cos import Cos
from shared.tencent.role_credentials import RoleCredentials


class Clients(Invocation):
    """An invocation that can call CAM, STS and COS."""

    def __init__(
        self,
        function: str,
        context: Any,  # noqa: ANN401 - whatever the platform passes
        env: Mapping[str, str],
        instance: Instance,
        clock: Clock,
    ) -> None:
        super().__init__(function, context, env, clock)
        self.instance = instance

    def credentials(self) -> RoleCredentials:
        """The role's present credentials. The instance remembers when it first saw them. Raises Misconfigured."""
        credentials = RoleCredentials.read(self.env)
        self.instance.first_seen.since(credentials, self.clock.now())
        return credentials

    def store(self, deadline: Deadline) -> Cos:
        """A client of the bucket, whose calls end before the deadline."""
        settings = self.settings
        where = (settings.bucket, settings.region, settings.cos_endpoint)
        return Cos(self.instance.http, self.credentials(), *where, deadline)

    def api(self, deadline: Deadline) -> Api:
        """A client of CAM and STS, whose calls end before the deadline."""
        settings, instance = self.settings, self.instance
        where = (settings.region, settings.api_endpoint)
        return Api(instance.http, self.credentials(), *where, deadline, instance.rate_limiter)

    def check_bucket(self, store: Cos) -> None:
        """Refuse a bucket with versioning, once for each instance. Raises Misconfigured.

        If versioning is on or was ever on, COS ignores create-if-absent without an error
        (https://cloud.tencent.com/document/product/436/7749). A role that may not read the versioning assumes that
        there is none; `im-access doctor` checks it with the operator's keys.
        """
        with self.instance.lock:
            if self.instance.bucket_checked:
                return
            try:
                versioning = store.versioning()
            except CloudError:
                versioning = ""
            if versioning:
                raise Misconfigured("IM_ACCESS_BUCKET", "names a bucket that has or had versioning: choose another")
            self.instance.bucket_checked = True

    def owner_uin(self, api: Api) -> str:
        """The UIN of the main account: from the setting, or from STS, once for each instance."""
        from shared.tencent.sts import owner_uin

        with self.instance.lock:
            known = self.settings.owner_uin or self.instance.owner_uin
            self.instance.owner_uin = known or owner_uin(api)
            return self.instance.owner_uin

    def own_uin(self, api: Api) -> str:
        """The UIN of the user whose permanent keys the function uses, read once for each key; "" for a role."""
        credentials = self.credentials()
        if credentials.token:
            return ""
        from shared.tencent.sts import caller_uin

        with self.instance.lock:
            if self.instance.own_uin[0] != credentials.secret_id:
                self.instance.own_uin = (credentials.secret_id, caller_uin(api))
            return self.instance.own_uin[1]
