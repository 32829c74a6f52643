"""The composition root: constructs the use cases and what they need, for one invocation. Nothing else
constructs them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from shared.bootstrap.announcements import Announcements

if TYPE_CHECKING:
    from shared.commands.command import Command
    from shared.commands.result import Result
    from shared.credentials.pick_up_attempts import PickUpAttempts
    from shared.deadline import Deadline
    from shared.event_sources.dead_letters import DeadLetter
    from shared.idempotency.batch_progress import BatchProgress
    from shared.idempotency.execute import Execution
    from shared.idempotency.lease import Receipt
    from shared.idempotency.request import Request
    from shared.operations import Operation
    from shared.people.life import LifeRow
    from shared.policies.authorization import Authorization
    from shared.policies.sub_users import FoundUser
    from shared.tencent.api import Api
    from shared.tencent.cam import Cam
    from shared.tencent.concurrency_limit import ConcurrencyLimiter
    from shared.tencent.cos import Cos
    from shared.use_cases.apply_person import ApplyPerson
    from shared.use_cases.claim_credentials import ClaimCredentials
    from shared.use_cases.do_step import SendCommand
    from shared.use_cases.use_case import Services

    C = TypeVar("C", bound=Command)
    R = TypeVar("R", bound=Result)


class Container(Announcements):
    """One invocation of a function, with everything that it can do."""

    def authorization(self, own_uin: Callable[[], str] = str) -> Authorization:
        """The rules for which policies may be granted, and which users are never changed.

        The main account is one of these users, by each UIN that is known for it without a call.
        """
        from shared.policies.authorization import Authorization

        settings = self.settings
        owners = (settings.owner_uin or "", self.instance.owner_uin, self.env.get("TENCENTCLOUD_UIN", "").strip())
        protected = (*settings.protected_users, *filter(None, owners))
        return Authorization(settings.policies, settings.allow_foreign_policies, protected, own_uin)

    def execution(self, operation: Operation[C, R], store: Cos, deadline: Deadline) -> Execution[C, R]:
        """Everything for the execution of a request of a command. Raises Misconfigured, Unavailable."""
        from shared.idempotency.execute import Execution
        from shared.idempotency.lease_store import LeaseStore

        self.check_bucket(store)
        records = LeaseStore(store, self.clock, self.ends_at)

        def announce(request: Request[C], result: R, receipt: Receipt) -> None:
            self.announce(self.entries(operation, request, result, receipt.finished_at), store, deadline)

        use_case = operation.compose(self.services(store, deadline))
        return Execution(records, use_case, operation.result, announce, deadline)

    def directory(self, api: Api) -> Cam:
        """The sub-users that commands change."""
        from shared.tencent.cam import Cam

        return Cam(api)

    def slots(self, operation: Operation[C, R]) -> ConcurrencyLimiter:
        """Limits how many requests of a command this instance works on at once."""
        return self.instance.rate_limiter.concurrency(operation.paced_by)

    def find_sub_user(self, name: str) -> tuple[FoundUser | None, Sequence[LifeRow]]:
        """The user with a name in CAM, protected or not, and the lives of all users who had the name. Raises
        Unavailable.
        """
        from shared.people.life import Lives
        from shared.policies.sub_users import SubUsers
        from shared.tencent.cam import Cam

        deadline = self.deadline()
        lives = Lives(self.store(deadline))
        person = SubUsers(Cam(self.api(deadline)), lives, self.instance.users, deadline).find(name)
        return person, person.lives if person else lives.rows(name)

    def looked_up(self) -> Callable[[Request[Command] | None, str], str]:
        """A function that looks up the outcome of a message in an earlier delivery: `replayed`, `parked`, "" for none.

        It raises Unavailable, CloudError, and the errors of unreadable records.
        """
        from shared.idempotency.lease_store import LeaseStore

        store = self.store(self.deadline())
        records = LeaseStore(store, self.clock, self.ends_at)

        def look_up(request: Request[Command] | None, letter: str) -> str:
            if request and records.finished(request) and not records.is_open(request):
                return "replayed"
            return "parked" if store.get(letter) else ""

        return look_up

    def progress(self, first: str) -> BatchProgress:
        """The record of what earlier deliveries have done of the batch that begins with this message."""
        from shared.idempotency.batch_progress import BatchProgress

        return BatchProgress(self.store(self.deadline()), self.clock, self.function, first)

    def first_failure(self, request_key: str) -> float:
        """When the message of this request failed first (seconds since the epoch). If nothing is recorded, now is
        recorded.

        Raises Unavailable, CloudError.
        """
        from shared.idempotency.first_failures import first_failure

        return first_failure(self.store(self.deadline()), self.clock, self.function, request_key)

    def park(self, letter: DeadLetter) -> bool:
        """Write a dead letter; False where it was there already. Raises Unavailable, CloudError."""
        from shared.event_sources.dead_letters import park

        return park(self.store(self.deadline()), letter)

    def claim_credentials(self, store: Cos, attempts: PickUpAttempts) -> ClaimCredentials:
        """The use case of the credentials page."""
        from shared.use_cases.claim_credentials import ClaimCredentials

        return ClaimCredentials(store, self.clock, attempts, self.signer(store), self.remaining)

    def services(self, store: Cos, deadline: Deadline) -> Services:
        """What the use cases of a request, or of a sweep, share. Raises Misconfigured."""
        from shared.policies.attachments import Attachments
        from shared.policies.catalog import PolicyCatalog
        from shared.policies.ledger import Ledger
        from shared.policies.permissions_boundary import Boundary
        from shared.use_cases.use_case import Services

        api = self.api(deadline)
        cam = self.directory(api)
        catalog = PolicyCatalog(cam, self.instance.policies, self.clock)
        authorization = self.authorization(lambda: self.own_uin(api))
        attachments = Attachments(cam, Ledger(store), catalog, authorization, deadline, self.instance.users)
        boundary = Boundary(cam, catalog, self.settings.boundary_policy, deadline)
        owner, days = partial(self.owner_uin, api), lambda: self.settings.delete_after_days
        return Services(cam, store, attachments, boundary, owner, deadline, days)

    def apply_person(self, store: Cos, commands: SendCommand) -> ApplyPerson:
        """The use case for a person's events and dates; `commands` carries out its commands."""
        from shared.people.due_dates import DueDates
        from shared.people.person_records import People
        from shared.people.rule_versions import RuleVersions
        from shared.policies.grant_history import GrantHistory
        from shared.policies.ledger import Ledger
        from shared.use_cases.apply_person import ApplyPerson

        records = (People(store), RuleVersions(store), DueDates(store))
        given = GrantHistory(Ledger(store))
        return ApplyPerson(*records, commands, given, self.clock, lambda: self.settings.zone)
