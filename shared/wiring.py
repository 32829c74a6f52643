"""The composition: the clouds and operations that a request is given. Nothing else constructs them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.access import policies
from shared.access.attachments import Attachments
from shared.access.guard import Guard
from shared.access.ledger import Ledger
from shared.access.once import once
from shared.access.requests import Claim, Receipt, Requests
from shared.access.users import UserCache
from shared.clock import Clock
from shared.cloud.api import Api
from shared.cloud.budget import Budget
from shared.cloud.cam import Cam
from shared.cloud.cos import Cos
from shared.cloud.session import Connections, Credentials
from shared.cloud.throttle import Pace
from shared.commands import Changed, Command, Created, CreateUser, Link
from shared.delivering import delivery, notifier
from shared.errors import CloudError, Misconfigured, Rejected
from shared.request import Done, Request
from shared.settings import Settings


class Warm:
    """What an instance keeps between invocations: connections, its pace, and what it has looked up."""

    def __init__(self, connections: Connections | None = None) -> None:
        self.connections = connections or Connections()
        self.pace = Pace()
        self.policies = policies.PolicyCache()
        self.users = UserCache()
        self.owner_uin = ""
        self.own_uin: tuple[str, str] = ("", "")
        self.bucket_checked = False
        self.lock = threading.Lock()


class Site(NamedTuple):
    """Where an invocation runs: its function, settings, environment, instance, clock and deadline."""

    function: str
    settings: Settings
    env: Mapping[str, str]
    warm: Warm
    clock: Clock
    deadline: float

    def credentials(self) -> Credentials:
        """The role's credentials as they are now, and a note of when they were first seen. Raises Misconfigured."""
        credentials = Credentials.read(self.env)
        self.warm.connections.seen_since(credentials, self.clock.now())
        return credentials

    def cos(self, budget: Budget) -> Cos:
        """The bucket."""
        settings = self.settings
        where = (settings.bucket, settings.region, settings.cos_endpoint)
        return Cos(self.warm.connections, self.credentials(), *where, budget)

    def api(self, budget: Budget) -> Api:
        """CAM and STS."""
        settings, warm = self.settings, self.warm
        return Api(warm.connections, self.credentials(), settings.region, settings.api_endpoint, budget, warm.pace)

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
        from shared.cloud.sts import owner_uin

        with self.warm.lock:
            self.warm.owner_uin = self.settings.owner_uin or self.warm.owner_uin or owner_uin(api)
            return self.warm.owner_uin

    def own_uin(self, api: Api) -> str:
        """The UIN of the user whose permanent keys the function runs with, asked once for each key; "" for a role."""
        credentials = self.credentials()
        if credentials.token:
            return ""
        from shared.cloud.sts import caller_uin

        with self.warm.lock:
            if self.warm.own_uin[0] != credentials.secret_id:
                self.warm.own_uin = (credentials.secret_id, caller_uin(api))
            return self.warm.own_uin[1]

    def guard(self, own_uin: Callable[[], str] = str) -> Guard:
        """The guard. The main account is protected by each of the UINs that are known for it without asking."""
        settings = self.settings
        owners = (settings.owner_uin or "", self.warm.owner_uin, self.env.get("TENCENTCLOUD_UIN", "").strip())
        protected = (*settings.protected_users, *filter(None, owners))
        return Guard(settings.policies, settings.allow_foreign_policies, protected, own_uin)


class Work:
    """One request with its clouds: its operation, its link and its notification."""

    def __init__(self, site: Site, request: Request[Command], budget: Budget) -> None:
        self._site = site
        self._request = request
        self._budget = budget
        self._cos = site.cos(budget)
        self._delivery = delivery(site, self._cos)

    def done(self, *, link: bool) -> Done:
        """Do the request, or replay it. `link`: the answer goes to a caller who may be given one."""
        site = self._site
        site.check_bucket(self._cos)
        notifies = site.settings.notify_url is not None
        requests = Requests(self._cos, site.clock, site.deadline, notifies=notifies)
        receipt, replayed = once(requests, self._request, self._operate, self._announce, self._budget)
        result = self._result(receipt)
        if not link or not isinstance(result, Created):
            return Done(self._request.id, result, replayed)
        if replayed and not self._delivery.available(result):
            raise Rejected("credentials_gone")
        return Done(self._request.id, result, replayed, self._link(result) if site.settings.answer_link else None)

    def _operate(self, claim: Claim) -> Changed | Created:
        return self._operation()(self._request, claim)

    def _operation(self) -> Callable[[Any, Claim], Changed | Created]:
        api = self._site.api(self._budget)
        cam = Cam(api)
        known = policies.Policies(cam, self._site.warm.policies, self._site.clock)
        guard = self._site.guard(lambda: self._site.own_uin(api))
        attachments = Attachments(cam, Ledger(self._cos), known, guard, self._budget, self._site.warm.users)
        if self._site.function == "create_user":
            from shared.access.boundary import Boundary
            from shared.access.create_user import CreateUser as Operation

            boundary = Boundary(cam, known, self._site.settings.boundary_policy, self._budget)
            return Operation(cam, self._cos, attachments, boundary, lambda: self._site.owner_uin(api), self._budget)
        if self._site.function == "grant_policy":
            from shared.access.grant_policy import GrantPolicy

            return GrantPolicy(attachments)
        from shared.access.revoke_policy import RevokePolicy

        return RevokePolicy(attachments)

    def _result(self, receipt: Receipt) -> Changed | Created:
        kind = Created if self._site.function == "create_user" else Changed
        return kind.model_validate(receipt.result)

    def _link(self, created: Created) -> Link:
        asked = self._request.command.link_ttl if isinstance(self._request.command, CreateUser) else None
        return self._delivery.link(created, self._request.id, asked or self._site.settings.link_ttl)

    def _announce(self, receipt: Receipt) -> None:
        from shared.triggers.answers import members

        result = self._result(receipt)
        sender = notifier(self._site)
        if sender is None:
            return
        link = self._link(result) if isinstance(result, Created) else None
        data = members(Done(self._request.id, result, False, link))
        sender.send(self._site.function, self._request.key, receipt.finished_at, data, self._budget)
