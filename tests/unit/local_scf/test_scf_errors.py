"""What goes wrong in a function is reported under the platform's codes."""

import json
import math
import time

import pytest

from local.scf.model import EVENT_LIMIT
from tests.unit.local_scf.helpers import Deploy

HANDLER = "def main_handler(event, context):\n    "


def test_an_exception_is_430_with_its_trace(deploy: Deploy) -> None:
    """A raise gives the platform's error object, and the instance stays warm."""
    function = deploy("import os\npid = os.getpid()\n" + HANDLER + "return pid if event else 1 / 0")
    before, failed, after = function.invoke([1]), function.invoke([]), function.invoke([1])
    error = failed.error
    assert error
    assert "ZeroDivisionError" in error.pop("stackTrace")
    assert error == {
        "errorCode": -1,
        "errorMessage": "user code exception caught",
        "requestId": failed.request_id,
        "statusCode": 430,
    }
    assert before.value == after.value


@pytest.mark.parametrize(
    ("source", "status", "text"),
    [
        pytest.param("import nowhere\n" + HANDLER + "pass", 443, "No module named 'nowhere'", id="import failure"),
        pytest.param("def main_handler(:", 443, "SyntaxError", id="syntax error"),
        pytest.param("def handler(event, context): pass", 437, "has no main_handler", id="no handler"),
        pytest.param("import os\n" + HANDLER + "os._exit(3)", 439, "code 3", id="exit"),
        pytest.param("import sys\n" + HANDLER + "sys.exit(4)", 439, "code 4", id="sys.exit"),
        pytest.param("import os\nos._exit(5)", 439, "code 5", id="exit at import"),
        pytest.param("import os\n" + HANDLER + "os.abort()", 439, "SIGABRT", id="abort"),
        pytest.param(HANDLER + "return {1, 2}", 430, "not JSON serializable", id="answer is no JSON"),
        pytest.param(HANDLER + "return float('nan')", 430, "not JSON compliant", id="answer is NaN"),
        pytest.param(HANDLER + "return 'x' * 6_300_000", 407, "larger than 6 MB", id="answer too large"),
    ],
)
def test_failures_have_the_platforms_codes(deploy: Deploy, source: str, status: int, text: str) -> None:
    """Each way to fail has its status code and says what happened."""
    answer = deploy(source).invoke({})
    assert answer.status == status
    assert text in json.dumps(answer.error)


def test_a_missing_module_is_437(deploy: Deploy) -> None:
    """A handler whose file is not at the root of the code is not found."""
    function = deploy("")
    (function.spec.roots[0] / "hello.py").unlink()
    assert function.invoke({}).status == 437


def test_the_time_limit_kills_the_instance(deploy: Deploy) -> None:
    """After the time limit the answer is 433, and the next event meets a new instance."""
    function = deploy("import os, time\n" + HANDLER + "time.sleep(event)\n    return os.getpid()")
    pid = function.invoke(0).value
    began = time.monotonic()
    late = function.invoke(60, time_limit_ms=200)
    assert time.monotonic() - began < 2
    assert late.status == 433
    assert late.error
    assert late.error["errorMessage"] == "Invoking task timed out after 0.2 seconds"
    assert function.invoke(0).value != pid


def test_a_module_body_does_not_use_up_the_time_limit(deploy: Deploy) -> None:
    """Initialisation has a limit of its own: a slow import leaves the handler its whole time."""
    assert deploy("import time\ntime.sleep(0.4)\n" + HANDLER + "return 1").invoke({}, time_limit_ms=200).ok


def test_events_that_scf_does_not_take(deploy: Deploy) -> None:
    """An event over 6 MB is 406, one that is no JSON 400; neither starts an instance. 6 MB itself arrives."""
    function = deploy(HANDLER + "return len(event)")
    assert function.invoke("x" * EVENT_LIMIT).status == 406
    assert function.invoke(math.nan).status == 400
    assert function.invoke({1}).status == 400
    assert function.invoke("x" * (EVENT_LIMIT - 2)).value == EVENT_LIMIT - 2
