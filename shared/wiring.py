"""The composition: the operations that a request is given. Nothing else constructs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.commands import Changed, Command, Created, CreateUser
from shared.credentials.link import Link
from shared.deadline import Deadline
from shared.delivering import delivery, notifier
from shared.errors import Rejected
from shared.idempotency.execute import once
from shared.idempotency.records import Lease, Receipt, Records
from shared.idempotency.request import Done, Request
from shared.policies import catalog as policies
from shared.policies.attachments import Attachments
from shared.policies.ledger import Ledger
from shared.site import Site
from shared.tencent.cam import Cam


class Work:
    """One request with its clouds: its operation, its link and its notification."""

    def __init__(self, site: Site, request: Request[Command], deadline: Deadline) -> None:
        self._site = site
        self._request = request
        self._deadline = deadline
        self._cos = site.cos(deadline)
        self._delivery = delivery(site, self._cos)

    def done(self, *, link: bool) -> Done:
        """Do the request, or replay it. `link`: the answer goes to a caller who may be given one."""
        site = self._site
        site.check_bucket(self._cos)
        notifies = site.settings.notify_url is not None
        requests = Records(self._cos, site.clock, site.ends_at, notifies=notifies)
        receipt, replayed = once(requests, self._request, self._operate, self._announce, self._deadline)
        result = self._result(receipt)
        if not link or not isinstance(result, Created):
            return Done(self._request.id, result, replayed)
        if replayed and not self._delivery.available(result):
            raise Rejected("credentials_gone")
        return Done(self._request.id, result, replayed, self._link(result) if site.settings.answer_link else None)

    def _operate(self, claim: Lease) -> Changed | Created:
        return self._operation()(self._request, claim)

    def _operation(self) -> Callable[[Any, Lease], Changed | Created]:
        api = self._site.api(self._deadline)
        cam = Cam(api)
        known = policies.PolicyCatalog(cam, self._site.warm.policies, self._site.clock)
        guard = self._site.guard(lambda: self._site.own_uin(api))
        attachments = Attachments(cam, Ledger(self._cos), known, guard, self._deadline, self._site.warm.users)
        if self._site.function == "create_user":
            from shared.policies.permissions_boundary import Boundary
            from shared.use_cases.create_user import CreateUser as Operation

            boundary = Boundary(cam, known, self._site.settings.boundary_policy, self._deadline)
            return Operation(cam, self._cos, attachments, boundary, lambda: self._site.owner_uin(api), self._deadline)
        if self._site.function == "grant_policy":
            from shared.use_cases.grant_policy import GrantPolicy

            return GrantPolicy(attachments)
        from shared.use_cases.revoke_policy import RevokePolicy

        return RevokePolicy(attachments)

    def _result(self, receipt: Receipt) -> Changed | Created:
        kind = Created if self._site.function == "create_user" else Changed
        return kind.model_validate(receipt.result)

    def _link(self, created: Created) -> Link:
        asked = self._request.command.link_ttl if isinstance(self._request.command, CreateUser) else None
        return self._delivery.link(created, self._request.id, asked or self._site.settings.link_ttl)

    def _announce(self, receipt: Receipt) -> None:
        from shared.entrypoints.responses import members

        result = self._result(receipt)
        sender = notifier(self._site)
        if sender is None:
            return
        link = self._link(result) if isinstance(result, Created) else None
        data = members(Done(self._request.id, result, False, link))
        sender.send(self._site.function, self._request.key, receipt.finished_at, data, self._deadline)
