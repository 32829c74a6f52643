"""The rules for the requests that create and update a function."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.errors import Misconfigured
from shared.hr_settings import HrSettings
from shared.operations import OPERATIONS
from shared.settings import Settings
from tools.deployment import reference
from tools.deployment.toolkit import Request


def problems(request: Request, handlers: Mapping[str, bool]) -> Iterator[str]:
    """What is wrong with one request; `handlers` are the modules of the package, and whether each has a handler."""
    yield from parameters(request)
    if request.action in ("CreateFunction", "UpdateFunctionConfiguration"):
        yield from settings(request.params)
        yield from environment(request.params)
    if request.action in ("CreateFunction", "UpdateFunctionCode"):
        yield from handler(str(request.params.get("Handler", "")), handlers)
    if request.action == "CreateFunction":
        yield from identity(request.params)


def parameters(request: Request) -> Iterator[str]:
    """Actions and parameters that the reference does not know, and required ones that are missing."""
    if request.action not in reference.KNOWN:
        yield f"an unexpected request {request.action}"
        return
    given = {name for name, value in request.params.items() if value not in (None, "", {}, [])}
    for name in sorted(given - reference.KNOWN[request.action]):
        yield f"{request.action} has no parameter {name}"
    for name in sorted(reference.REQUIRED.get(request.action, set()) - given):
        yield f"{request.action} lacks {name}"
    if "${" in repr(request.params):
        yield f"{request.action} has a variable that was not resolved"


def identity(params: Mapping[str, Any]) -> Iterator[str]:
    """The function's name, type, runtime and code."""
    if not reference.FUNCTION.fullmatch(str(params.get("FunctionName"))):
        yield f"not a function name: {params.get('FunctionName')}"
    if params.get("Type") != "Event":
        yield f"type is {params.get('Type')}, not Event"
    if params.get("Runtime") not in reference.RUNTIMES:
        yield f"SCF has no Python runtime {params.get('Runtime')}"
    elif params["Runtime"] != reference.RUNTIME:
        yield f"the package is built for {reference.RUNTIME}, not {params['Runtime']}"
    if not (params.get("Code") or {}).get("CosObjectName"):
        yield "no code is uploaded"


def settings(params: Mapping[str, Any]) -> Iterator[str]:
    """Memory and time limits."""
    for name, allowed in (
        ("MemorySize", reference.MEMORY),
        ("Timeout", reference.TIMEOUT),
        ("InitTimeout", reference.INIT_TIMEOUT),
    ):
        if params.get(name) not in allowed:
            yield f"{name} may not be {params.get(name)}"


def handler(text: str, handlers: Mapping[str, bool]) -> Iterator[str]:
    """The handler must be `module.main_handler` of a module at the package's root."""
    module, _, name = text.partition(".")
    if not (reference.PART.fullmatch(module) and reference.PART.fullmatch(name)):
        yield f"not a handler: {text}"
    elif module not in handlers:
        yield f"handler {text}: the package has no {module}.py at its root"
    elif name != "main_handler" or not handlers[module]:
        yield f"handler {text}: {module}.py has no {name}"


def environment(params: Mapping[str, Any]) -> Iterator[str]:
    """Variables must have legal and unreserved names, at most 4 KB, and values that the functions' settings accept."""
    rows = (params.get("Environment") or {}).get("Variables") or []
    found = {str(row["Key"]): str(row["Value"]) for row in rows if row["Key"]}
    if not found:
        yield "no environment reaches the function"
        return
    for name in sorted(found):
        if name.startswith(reference.RESERVED):
            yield f"{name}: the prefix is reserved by the platform"
        elif not reference.VARIABLE.fullmatch(name):
            yield f"{name} may not be the name of a variable"
        elif name.startswith("IM_ACCESS_") and name not in {row.name for row in HrSettings.table().values()}:
            yield f"there is no setting {name}"
    size = sum(len(f"{name}={value}".encode()) for name, value in found.items())
    if size > reference.ENVIRONMENT_LIMIT:
        yield f"the environment has {size} bytes, SCF takes {reference.ENVIRONMENT_LIMIT}"
    try:
        called = str(params.get("FunctionName", "")).rpartition("-")[2] in OPERATIONS
        Settings({"TENCENTCLOUD_REGION": "ap-guangzhou", **found}).check(http=called)
    except Misconfigured as error:
        yield f"the functions would refuse their settings: {error}"
