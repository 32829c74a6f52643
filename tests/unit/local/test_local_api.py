"""Routing and parameters of API 3.0: the errors that all actions share."""

import pytest
import requests

from local.cloud import LocalCloud
from tests.unit.local.helpers import Api, error_code, refused
from tests.unit.local.helpers import tc3 as call


def test_unknown_action(api: Api) -> None:
    """An action that does not exist, or is not emulated, is InvalidAction."""
    with refused("InvalidAction"):
        api("CreateRole")


@pytest.mark.parametrize("action", ["ListUsers", "CreateRole"])
def test_unknown_version(cloud: LocalCloud, action: str) -> None:
    """A version that the service does not have is NoSuchVersion."""
    assert error_code(call(cloud, action, {}, version="2017-03-12")) == "NoSuchVersion"


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "MissingParameter"),
        ({"Name": None}, "MissingParameter"),
        ({"Name": "a", "Colour": 1}, "UnknownParameter"),
        ({"Name": 7}, "InvalidParameter"),
        ({"Name": "a", "UseApi": "yes"}, "InvalidParameter"),
        ({"Name": "a", "UseApi": True}, "InvalidParameter"),
        ({"Name": "a", "UseApi": -1}, "InvalidParameterValue"),
        ({"Name": "a", "UseApi": 2}, "InvalidParameter.ParamError"),
    ],
)
def test_bad_parameters(cloud: LocalCloud, api: Api, params: dict[str, object], code: str) -> None:
    """Absent, unknown, mistyped and impossible parameters have codes of their own, and nothing is done."""
    with refused(code):
        api("AddUser", **params)
    assert not cloud.cam.users


def test_numbers_as_text(cloud: LocalCloud, api: Api) -> None:
    """A uint64 may come as text, as in the documentation's samples."""
    uin = api.uin("alice", ConsoleLogin="0")
    api("AttachUserPolicy", PolicyId="1", AttachUin=str(uin))
    assert cloud.cam.attached("alice") == ["AdministratorAccess"]


def test_body_that_is_no_object(cloud: LocalCloud) -> None:
    """A body that is no JSON object is InvalidParameter."""
    assert error_code(call(cloud, "ListUsers", [])) == "InvalidParameter"  # type: ignore[arg-type]


def test_large_body(cloud: LocalCloud) -> None:
    """A body of more than 10 MB is refused, whatever its signature."""
    assert error_code(call(cloud, "AddUser", {"Remark": "x" * 10_500_000})) == "RequestSizeLimitExceeded"


def test_other_methods(cloud: LocalCloud) -> None:
    """Only GET and POST exist; every error has a RequestId, status 200 and exactly this content type."""
    answer = requests.put(cloud.api_url, data=b"{}", timeout=30)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert error_code(answer.json()["Response"]) == "UnsupportedProtocol"
    assert answer.json()["Response"]["RequestId"]
