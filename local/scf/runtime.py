"""Runs inside a function instance: `python runtime.py <module> <descriptor of a socket>`.

It needs only the standard library, because only the function's own code is importable there.
For each invocation it reads one JSON line from the socket (`event`, `context`, `env`) and answers with one JSON line.
What the function prints goes to stdout and stderr, which are its log.
"""

import importlib
import json
import os
import socket
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO

Handler = Callable[[Any, dict[str, Any]], Any]


def load(module: str) -> tuple[Handler | None, dict[str, Any]]:
    """The handler of a root-level module, and the first answer: `ready`, or the platform's error code and text."""
    if not Path(os.environ["USER_CODE_ROOT"], f"{module}.py").is_file():
        return None, {"status": 437, "text": f"handler not found: no {module}.py at the root of the code"}
    try:
        handler = getattr(import_as_scf(module), "main_handler", None)
    except Exception:  # noqa: BLE001 - whatever a module body raises is an initialisation error
        return None, {"status": 443, "text": traceback.format_exc()}
    if not callable(handler):
        return None, {"status": 437, "text": f"handler not found: {module}.py has no main_handler"}
    return handler, {"ready": True}


def import_as_scf(module: str) -> ModuleType:
    """Load a module the platform's way, which a public crash log shows (https://github.com/Womsxd/MihoyoBBSTools/issues/251).

    `imp` is gone from Python 3.12 on; there the usual import finds the same file.
    """
    if sys.version_info >= (3, 12):
        return importlib.import_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import imp
    file, path, kind = imp.find_module(module)
    with file:
        return imp.load_module(module, file, path, kind)  # type: ignore[arg-type]


def call(handler: Handler, request: dict[str, Any]) -> str:
    """Run one invocation; returns JSON with `value`, or with the `trace` of an error in the handler or in its
    result.
    """
    os.environ.update(request["env"])
    try:
        value = handler(request["event"], request["context"])
        # NaN is no JSON. An error here is better than an answer that only some clients can read.
        return json.dumps({"value": value, "memory": peak_memory()}, ensure_ascii=False, allow_nan=False)
    except Exception:  # noqa: BLE001 - the platform reports every exception of user code the same way
        return json.dumps({"trace": traceback.format_exc(), "memory": peak_memory()})


def peak_memory() -> float:
    """The largest resident size of this process so far, in MB."""
    try:
        # On Linux getrusage keeps the peak of the process that forked us; the kernel's own figure starts at exec.
        status = Path("/proc/self/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024)


def answer(channel: BinaryIO, line: str) -> None:
    """Send one JSON line, after everything that was printed before it."""
    sys.stdout.flush()
    sys.stderr.flush()
    channel.write(line.encode("utf-8", "surrogatepass") + b"\n")
    channel.flush()


def serve(module: str, connection: socket.socket) -> None:
    """Load the handler and serve events one after another until the other end closes."""
    connection.set_inheritable(False)
    channel: Any = connection.makefile("rwb")
    handler, first = load(module)
    answer(channel, json.dumps(first))
    if handler is not None:
        for line in channel:
            answer(channel, call(handler, json.loads(line)))


if __name__ == "__main__":
    name, descriptor = sys.argv[1:]
    # The directory of this script came first; of user code only PYTHONPATH counts.
    del sys.path[0]
    sys.argv = [name]
    serve(name, socket.socket(fileno=int(descriptor)))
