"""Checks that the services answer, and compares this machine's clock with theirs, before anything is signed."""

from __future__ import annotations

from collections.abc import Iterator

from doctor.report import CAM, COS, NAMES, Finding, Report, silent
from shared.bootstrap.container import Container
from shared.tencent.cos_answers import parse_http_time
from shared.tencent.http import CALL_TIME, CONNECT_TIME, Call, Limits, NoAnswer, NotSent

SKEW = 60.0
"""Seconds by which clocks may differ. More would order events wrongly, because their times decide which is newer."""
LIMITS = {CAM: 300, COS: 900}
"""The difference in seconds from which a service refuses every signature, whatever reason it gives."""
_TRIES = 2
TROUBLES = {
    "proxy": "the proxy does not connect",
    "tls": "no TLS (a wrong clock may be the reason)",
    "time": "nothing in time",
    "connection": "no connection",
}
"""The texts for the reasons why a service was not reached."""


class NetworkChecks:
    """Asks both services without a signature; even an error answer contains the service's time."""

    def __init__(self, container: Container, report: Report) -> None:
        self._container = container
        self._report = report
        self._skews: dict[str, float] = {}

    def network(self) -> Iterator[Finding]:
        """Each service answers; any answer will do."""
        for service, method, url in self._places():
            trouble = self._ask(service, method, url)
            if trouble:
                self._report.blocked.add(service)
                yield silent(service, f"{trouble} at {url}")
            else:
                yield Finding("ok", f"{NAMES[service]} answers")

    def clock(self) -> Iterator[Finding]:
        """The largest difference between the clocks, and its consequence."""
        if not self._skews:
            yield Finding("warning", "no service tells its time", "Compare the clock by hand.")
            return
        refused = [service for service, skew in self._skews.items() if abs(skew) > LIMITS[service]]
        self._report.blocked.update(refused)
        skew = max(self._skews.values(), key=abs)
        finding = f"differs by {abs(skew):.0f} s"
        if abs(skew) <= SKEW:
            yield Finding("ok", finding)
            return
        finding += f": this machine is {'behind' if skew > 0 else 'ahead'}"
        if refused:
            finding += f", and every signature is refused by {' and '.join(NAMES[service] for service in refused)}"
        yield Finding("failure", finding, "Set the clock: signatures and event times need it.")

    def _places(self) -> Iterator[tuple[str, str, str]]:
        settings = self._container.settings
        yield CAM, "GET", settings.api_endpoint or "https://cam.tencentcloudapi.com"
        bucket = f"https://{settings.bucket}.cos.{settings.region}.myqcloud.com"
        yield COS, "HEAD", settings.cos_endpoint or bucket

    def _ask(self, service: str, method: str, url: str) -> str:
        """Record the difference between the clocks. Returns what went wrong, or an empty text."""
        http, clock, trouble = self._container.instance.http, self._container.clock, ""
        for _ in range(_TRIES):
            sent = clock.now()
            try:
                answer = http.send(Call(NAMES[service], method, url, {}), Limits(CONNECT_TIME, CALL_TIME, size=0))
            except (NotSent, NoAnswer) as error:
                trouble = TROUBLES[error.why]
                continue
            server_time = parse_http_time(answer.headers.get("Date"))
            if server_time is not None:
                self._skews[service] = server_time - (sent + clock.now()) / 2
            return ""
        return trouble
