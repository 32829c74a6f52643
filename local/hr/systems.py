"""Serves all simulated HR systems on one port, and delivers their events to the functions."""

import dataclasses
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from local.background_server import BackgroundServer, JsonHandler
from local.hr.bamboohr import BambooHr
from local.hr.dingtalk import DingTalk
from local.hr.feishu import Feishu
from local.hr.records import Answer, Employee, Push, Request
from local.hr.wecom import WeCom

System = Feishu | WeCom | DingTalk | BambooHr
DOWN: Answer = (503, {})


class HrSystems:
    """Listens on a free port of loopback after `start`; each system's API is below its name.

    A system whose name is in `down` answers only 503. `asked` lists the calls received, such as `feishu GET /...`.
    """

    def __init__(self) -> None:
        self.feishu, self.wecom, self.dingtalk, self.bamboohr = Feishu(), WeCom(), DingTalk(), BambooHr()
        self.all: dict[str, System] = {one.name: one for one in (self.feishu, self.wecom, self.dingtalk, self.bamboohr)}
        self.down: set[str] = set()
        self.asked: list[str] = []
        self._server = BackgroundServer(lambda: ThreadingHTTPServer(("127.0.0.1", 0), handler(self)), "hr")

    @property
    def url(self) -> str:
        """The address; empty before `start`."""
        return "" if self._server.port is None else f"http://127.0.0.1:{self._server.port}"

    def settings(self) -> dict[str, str]:
        """The settings that connect every system."""
        each = [system.settings(f"{self.url}/{system.name}") for system in self.all.values()]
        return {name: value for settings in each for name, value in settings.items()}

    def happens(self, system: str, verb: str, changes: dict[str, Any]) -> Push:
        """Change an employee in a system (`verb` is joiner, mover …). Returns the event that the system sends."""
        one = self.all[system]
        before = one.records.employees.get(changes["id"], Employee(changes["id"]))
        state = {"freeze": "frozen", "leaver": "left"}.get(verb, "active")
        after = dataclasses.replace(before, **{**changes, "state": state})
        one.records.employees[after.id] = after
        if verb == "joiner":
            return one.joined(after)
        return one.left(after) if verb == "leaver" else one.changed(after, before)

    def answer(self, name: str, request: Request) -> Answer:
        """A system's answer to a call of its API: status and JSON."""
        self.asked.append(f"{name} {request.method} {request.path}")
        if name not in self.all:
            return 404, {}
        return DOWN if name in self.down else self.all[name].answer(request)

    def start(self) -> None:
        """Begin to listen."""
        self._server.start()

    def stop(self) -> None:
        """Stop listening and free the port."""
        self._server.stop()


def deliver(system: System, push: Push, address: str, wait: Callable[[float], object]) -> list[int]:
    """Send an event until it is taken, with the number of tries and time limits of the real system.

    Returns the HTTP statuses of the answers.
    """
    statuses = []
    for pause in (*system.intervals, None):
        status, body = post(address, push, system.limit)
        statuses.append(status)
        taken = status == 200 and (not isinstance(system, DingTalk) or system.takes(body))
        final = isinstance(system, BambooHr) and 400 <= status < 500
        if taken or final or pause is None:
            break
        wait(pause)
    return statuses


def post(address: str, push: Push, limit: float) -> tuple[int, bytes]:
    """Send an event once. Returns the status (0 if there was no answer in time) and the body."""
    target = address + (f"?{urlencode(push.query)}" if push.query else "")
    request = urllib.request.Request(target, push.body, push.headers)  # noqa: S310 - the local gateway
    try:
        with urllib.request.urlopen(request, timeout=limit) as answer:  # noqa: S310 - as above
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:
        return 0, b""


def handler(systems: HrSystems) -> type[JsonHandler]:
    """The HTTP side of the systems."""

    class Handler(JsonHandler):
        def do_POST(self) -> None:  # noqa: N802 - http.server calls it by this name
            self._serve("POST")

        def do_GET(self) -> None:  # noqa: N802 - http.server calls it by this name
            self._serve("GET")

        def _serve(self, method: str) -> None:
            raw = self.read_body()
            parts = urlsplit(self.path)
            name, _, path = parts.path.removeprefix("/").partition("/")
            headers = {key.lower(): value for key, value in self.headers.items()}
            body = json.loads(raw) if raw else {}
            request = Request(method, f"/{path}", dict(parse_qsl(parts.query)), headers, body)
            if name == "events":
                self._answer_json(200, happened(systems, path, body))
            else:
                self._answer_json(*systems.answer(name, request))

        def _answer_json(self, status: int, answer: dict[str, Any]) -> None:
            self.answer(status, json.dumps(answer, ensure_ascii=False).encode())

    return Handler


def happened(systems: HrSystems, path: str, changes: dict[str, Any]) -> dict[str, Any]:
    """`POST /events/<system>/<verb>`: change an employee, and answer the statuses of the event's tries in order."""
    system, _, verb = path.partition("/")
    address = changes.pop("address")
    changes = {name: tuple(value) if isinstance(value, list) else value for name, value in changes.items()}
    push = systems.happens(system, verb, changes)
    return {"statuses": deliver(systems.all[system], push, f"{address}/hr_events/{system}", lambda _: None)}
