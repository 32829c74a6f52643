"""The embedded cloud: one main account with CAM, STS, COS and the lists of SCF and CLS, for any Tencent Cloud SDK.

with LocalCloud() as cloud:
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=cloud.api_url[7:]))
"""

from collections.abc import Callable
from types import TracebackType
from typing import Any

from local.accounts import Accounts, Credentials
from local.api import ApiEndpoint
from local.cam.models import CamBackend
from local.cam.responses import CAM
from local.clock import Clock
from local.cls_api.records import Alarm
from local.cls_api.responses import CLS
from local.cos.models import CosBackend
from local.cos.responses import CosEndpoint
from local.faults import Faults
from local.journal import Journal
from local.request_handler import Endpoint, RequestHandler
from local.scf.cos_event import event
from local.scf.cos_trigger import CosTrigger, Invoke, RetrySettings
from local.scf_api.records import Trigger
from local.scf_api.responses import SCF
from local.server import Server
from local.sts.responses import STS


class LocalCloud:
    """Two HTTP servers on loopback, and the state behind them.

    Attributes:
        clock: the cloud's time; ``clock.advance(seconds)`` moves it.
        faults: what is to go wrong.
        journal: every request received.
        cam: CAM's state and settings.
        cos: the bucket's state and settings.
    """

    def __init__(
        self, clock: Clock | None = None, seed: int | None = None, api_port: int = 0, cos_port: int = 0
    ) -> None:
        """Prepare the cloud; `start` opens its ports.

        Args:
            clock: its time; by default the real one, which can be advanced.
            seed: makes keys, passwords and ids repeatable.
            api_port: the port of CAM and STS; 0 is any free one.
            cos_port: the port of COS; 0 is any free one.
        """
        self.clock = clock or Clock()
        self.journal = Journal()
        self.faults = Faults(self.clock)
        self._latency = {"cam": 0.0, "cos": 0.0, "sts": 0.0, "scf": 0.0}
        self._accounts = Accounts(self.clock, seed)
        self.cam = CamBackend(accounts=self._accounts, clock=self.clock)
        self.cos = CosBackend(accounts=self._accounts, clock=self.clock)
        self._accounts.directory = self.cam
        self._ports = (api_port, cos_port)
        self._urls = ("", "")
        self._server: Server | None = None
        self._handler = RequestHandler(self.clock, self.journal, self.faults, self._latency)

    def start(self) -> None:
        """Open both ports; returns when they answer. Raises OSError if one is taken."""
        self._server = Server(self._handler)
        self._server.start()
        api = ApiEndpoint(self._accounts, self.clock, self.cam, (CAM, STS, SCF, CLS))
        endpoints: tuple[Endpoint, Endpoint] = (api, CosEndpoint(self._accounts, self.clock, self.cos))
        try:
            ports = [self._server.listen(*one) for one in zip(endpoints, self._ports, strict=True)]
        except OSError:
            self.stop()
            raise
        self._urls = (f"http://127.0.0.1:{ports[0]}", f"http://127.0.0.1:{ports[1]}")

    def stop(self) -> None:
        """Close everything; a stopped cloud keeps its state and may be started again."""
        if self._server:
            self._server.stop()
            self._server = None

    def reset(self) -> None:
        """Forget users, policies, objects, faults and calls. Credentials, clock and ports stay."""
        with self._handler.lock:
            self.cam.reset()
            self.cos.reset()
            self._accounts.deployed.clear()
            self._accounts.alarms.clear()
            self.faults.clear()
            self.journal.clear()
            self.latency = dict.fromkeys(self._latency, 0.0)

    def cos_trigger(
        self, function: str, invoke: Invoke, prefix: str, settings: RetrySettings | None, warn: Callable[[str], None]
    ) -> CosTrigger:
        """Bind a function to objects that are stored below a prefix from now on, until the trigger is halted."""
        trigger = CosTrigger(function, invoke, prefix, self._accounts, self._handler.open, settings, warn)
        self.cos.watchers.append(trigger.take)
        return trigger

    def cos_event(self, key: str) -> dict[str, Any]:
        """The event that a COS trigger sends for this object; raises KeyError if there is no such object."""
        return event(self.cos.objects[key], self._accounts)

    def role_credentials(
        self, role: str = "im-access", lifetime: float = 7200, policy: dict[str, object] | None = None
    ) -> Credentials:
        """Temporary credentials that expire after ``lifetime`` seconds of the cloud's clock.

        Args:
            role: the role's name, as the journal shows it.
            lifetime: seconds until they expire.
            policy: a CAM policy document that decides about each of their calls; None allows everything.

        Raises:
            local.policy_syntax.PolicyError: the document uses something that the emulator cannot enforce.
        """
        return self._accounts.session(role, lifetime, policy)

    @property
    def deployed(self) -> dict[str, list[Trigger]]:
        """What SCF's API lists as deployed: triggers by function name. Only ``LocalStack`` runs functions."""
        return self._accounts.deployed

    @property
    def alarms(self) -> list[Alarm]:
        """What CLS's API lists as alarm policies. None of them is ever evaluated."""
        return self._accounts.alarms

    @property
    def latency(self) -> dict[str, float]:
        """Seconds added to each answer, per service; parallel calls wait in parallel."""
        return self._latency

    @latency.setter
    def latency(self, seconds: dict[str, float]) -> None:
        self._latency.update(seconds)

    @property
    def api_url(self) -> str:
        """Where CAM and STS answer, such as ``http://127.0.0.1:8081``."""
        return self._urls[0]

    @property
    def cos_url(self) -> str:
        """Where the bucket answers, such as ``http://127.0.0.1:8082``; the path is the object's key alone."""
        return self._urls[1]

    @property
    def root(self) -> Credentials:
        """The permanent keys of the main account."""
        return self._accounts.root

    @property
    def owner_uin(self) -> str:
        """The main account's UIN."""
        return self._accounts.owner_uin

    @property
    def appid(self) -> str:
        """The main account's APPID, the bucket's suffix."""
        return self._accounts.appid

    @property
    def bucket(self) -> str:
        """The one bucket's name."""
        return self._accounts.bucket

    @property
    def region(self) -> str:
        """The bucket's region."""
        return self._accounts.region

    def __enter__(self) -> "LocalCloud":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
