"""The part of SCF's API that lists what is deployed: ListFunctions and ListTriggers.

It runs no function; ``local/scf`` does. A test puts the functions to be listed into ``LocalCloud.deployed``.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TypeVar

from local import api_errors as errors
from local.actions import Params, Service
from local.cam.models import CamBackend
from local.scf_api.records import Trigger

SCF = Service("scf", "2018-04-16", needs_region=True)
NAMESPACE = "default"
MADE = "2026-01-01 00:00:00"
CLOSED, OPEN = 0, 1
T = TypeVar("T")


@SCF.action(
    "ListFunctions", 20, Order=str, Orderby=str, Offset=int, Limit=int, SearchKey=str, Namespace=str, Description=str,
    Filters=list,
)  # fmt: skip
def list_functions(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """Functions whose name contains SearchKey, by name; order, description and filters are ignored."""
    key = params.text("SearchKey").lower() if params.text("Namespace", NAMESPACE) == NAMESPACE else None
    names = [name for name in sorted(cam.accounts.deployed) if key is not None and key in name.lower()]
    return {"TotalCount": len(names), "Functions": [function(name) for name in part(names, params)]}


def function(name: str) -> dict[str, object]:
    """A function as ListFunctions shows it."""
    return {
        "ModTime": MADE,
        "AddTime": MADE,
        "Runtime": "Python3.10",
        "FunctionName": name,
        "FunctionId": "lam-local",
        "Namespace": NAMESPACE,
        "Status": "Active",
        "StatusDesc": "",
        "StatusReasons": [],
        "Description": "",
        "Tags": [],
        "Type": "Event",
        "TotalProvisionedConcurrencyMem": 0,
        "ReservedConcurrencyMem": None,
        "AsyncRunEnable": "FALSE",
        "TraceEnable": "FALSE",
    }


@SCF.action(
    "ListTriggers", 20, "FunctionName", FunctionName=str, Namespace=str, Offset=int, Limit=int, OrderBy=str, Order=str,
    Filters=list,
)  # fmt: skip
def list_triggers(cam: CamBackend, params: Params) -> Mapping[str, object]:
    """The triggers of one function; order and filters are ignored."""
    name = params.text("FunctionName")
    if name not in cam.accounts.deployed or params.text("Namespace", NAMESPACE) != NAMESPACE:
        raise errors.ApiError("The function does not exist.", "ResourceNotFound.Function")
    found = cam.accounts.deployed[name]
    return {"TotalCount": len(found), "Triggers": [trigger(one) for one in part(found, params)]}


def trigger(one: Trigger) -> dict[str, object]:
    """A trigger as ListTriggers shows it."""
    return {
        "Enable": OPEN if one.enabled else CLOSED,
        "Qualifier": "$DEFAULT",
        "TriggerName": one.name,
        "Type": one.type,
        "TriggerDesc": json.dumps(one.description),
        "AvailableStatus": "Available",
        "CustomArgument": None,
        "AddTime": MADE,
        "ModTime": MADE,
        "ResourceId": "",
        "BindStatus": "on",
        "TriggerAttribute": "single",
        "Description": None,
        "BoundResources": "",
    }


def part(rows: Sequence[T], params: Params) -> Sequence[T]:
    """``Limit`` (default 20) of the rows, from ``Offset`` (default 0) on."""
    start = params.number("Offset", 0)
    return rows[start : start + params.number("Limit", 20)]
