"""What a handler meets when it is invoked: event, context, environment, credentials, and its own past."""

import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.accounts import Credentials
from local.scf.instance import Instance
from local.scf.model import EnvironmentTooLargeError, Spec
from local.scf.pool import Pool
from tests.unit.local_scf.helpers import Deploy, runs, wait_until

ECHO = """
    import os, sys
    def main_handler(event, context):
        return {"event": event, "context": context, "env": dict(os.environ), "cwd": os.getcwd(),
                "name": __name__, "path": sys.path, "pid": os.getpid(), "types": [type(event).__name__,
                type(context).__name__]}
"""


def test_the_event_arrives_as_it_was_sent(deploy: Deploy) -> None:
    """The handler gets the event as plain data, whatever characters are in it."""
    event = {"text": "你好 \u2028 \ud83d\ude00 line\nbreak", "list": [1, 2.5, None, True]}
    answer = deploy(ECHO).invoke(event)
    assert answer.ok
    assert answer.value["event"] == event
    assert answer.value["types"] == ["dict", "dict"]


def test_the_context_has_the_platforms_keys(deploy: Deploy) -> None:
    """The context has the documented keys; `environment` is JSON text, `environ` is K=V text."""
    answer = deploy(ECHO, environment={"IM_ACCESS_BUCKET": "b-1"}, time_limit_ms=4000).invoke({})
    context = answer.value["context"]
    assert context.pop("request_id") == answer.request_id
    assert json.loads(context.pop("environment")) == {"SCF_NAMESPACE": "default", "IM_ACCESS_BUCKET": "b-1"}
    assert context == {
        "memory_limit_in_mb": 128,
        "time_limit_in_ms": 4000,
        "function_name": "hello",
        "function_version": "$LATEST",
        "namespace": "default",
        "tencentcloud_region": "ap-guangzhou",
        "tencentcloud_appid": "1250000000",
        "tencentcloud_uin": "100000000001",
        "environ": "SCF_NAMESPACE=default;IM_ACCESS_BUCKET=b-1",
    }


def test_a_time_limit_of_one_invocation_reaches_the_context(deploy: Deploy) -> None:
    """A time limit given for one event is the one that the handler sees."""
    assert deploy(ECHO).invoke({}, time_limit_ms=1234).value["context"]["time_limit_in_ms"] == 1234


def test_the_environment_is_the_platforms_alone(deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the developer's environment reaches a function, and TZ is not set."""
    monkeypatch.setenv("MY_SHELL", "mine")
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "mine")
    found = deploy(ECHO, environment={"IM_ACCESS_LINK_TTL": "60"}).invoke({}).value["env"]
    assert not {"MY_SHELL", "TZ", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRETID"} & found.keys()
    assert found["IM_ACCESS_LINK_TTL"] == "60"
    assert found["TENCENTCLOUD_RUNENV"] == "SCF"
    assert found["SCF_FUNCTIONNAME"] == "hello"
    assert found["PYTHONDONTWRITEBYTECODE"] == "x"


def test_the_module_is_loaded_from_the_code_root(deploy: Deploy, tmp_path: Path) -> None:
    """The module has its own name, the code root is the working directory and comes first in the import path."""
    (tmp_path / "beside.py").write_text("VALUE = 7\n")
    answer = deploy(ECHO).invoke({}).value
    assert answer["name"] == "hello"
    assert answer["cwd"] == answer["path"][0] == answer["env"]["USER_CODE_ROOT"] == str(tmp_path)
    assert not any(entry.endswith("local/scf") for entry in answer["path"])
    assert deploy("import beside\ndef main_handler(e, c): return beside.VALUE", "sees").invoke({}).value == 7


def test_a_package_sees_no_installed_modules(deploy: Deploy) -> None:
    """Without `dependencies` only the standard library and the code's own modules are importable."""
    source = "def main_handler(e, c):\n    import requests\n    return 1"
    assert deploy(source, "developed").invoke({}).ok
    error = deploy(source, "packaged", dependencies=False).invoke({}).error
    assert error
    assert "No module named 'requests'" in error["stackTrace"]


def test_credentials_are_injected_at_every_invocation(deploy: Deploy) -> None:
    """A warm instance meets the role's credentials of the moment, each time."""
    numbers = itertools.count()
    function = deploy(ECHO, role=lambda: Credentials(f"id-{next(numbers)}", "key", "token"))
    first, second = function.invoke({}).value, function.invoke({}).value
    assert first["pid"] == second["pid"]
    assert [one["env"]["TENCENTCLOUD_SECRETID"] for one in (first, second)] == ["id-0", "id-1"]
    assert second["env"]["TENCENTCLOUD_SECRETKEY"] == "key"
    assert second["env"]["TENCENTCLOUD_SESSIONTOKEN"] == "token"


def test_a_warm_instance_keeps_its_globals_and_a_cold_one_does_not(deploy: Deploy) -> None:
    """Globals persist on an instance until `cold` drops it."""
    function = deploy("calls = []\ndef main_handler(e, c):\n    calls.append(e)\n    return len(calls)")
    warm = [function.invoke({}) for _ in range(3)]
    function.cold()
    assert [one.value for one in warm] == [1, 2, 3]
    assert [one.cold for one in warm] == [True, False, False]
    assert function.invoke({}).value == 1


def test_an_instance_serves_one_event_at_a_time(deploy: Deploy) -> None:
    """Events that overlap run on different instances, no more of them than the concurrency."""
    function = deploy(
        """
        import os, time
        def main_handler(event, context):
            began = time.monotonic()
            time.sleep(0.15)
            return [os.getpid(), began, time.monotonic()]
        """,
        concurrency=2,
    )
    with ThreadPoolExecutor(4) as pool:
        spans = [one.value for one in pool.map(function.invoke, [{}] * 4)]
    assert len({pid for pid, _, _ in spans}) == 2
    for (pid, began, ended), (other, start, _) in itertools.permutations(spans, 2):
        assert pid != other or not began <= start < ended


def test_configure_takes_effect_at_the_next_event(deploy: Deploy) -> None:
    """A changed setting reaches the function on a new instance."""
    function = deploy(ECHO, environment={"IM_ACCESS_LINK_TTL": "60"})
    before = function.invoke({}).value
    function.configure({"IM_ACCESS_LINK_TTL": "90"})
    after = function.invoke({}).value
    assert [one["env"]["IM_ACCESS_LINK_TTL"] for one in (before, after)] == ["60", "90"]
    assert before["pid"] != after["pid"]


def test_settings_beyond_4_kb_are_refused(tmp_path: Path) -> None:
    """SCF takes 4 KB of environment for a function; more does not deploy."""
    with pytest.raises(EnvironmentTooLargeError, match="hello: its settings have 4100 bytes"):
        Spec("hello", (tmp_path,), {"IM_ACCESS_X": "x" * 4088})


def test_kill_ends_the_running_invocation_and_its_process(deploy: Deploy, tmp_path: Path) -> None:
    """`kill` is a SIGKILL: the invocation ends with 439 and the next event meets a new process."""
    function = deploy(
        """
        import os, pathlib, time
        def main_handler(event, context):
            pathlib.Path(event["mark"]).write_text(str(os.getpid()))
            time.sleep(event["sleep"])
            return os.getpid()
        """
    )
    mark = tmp_path / "mark"
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(function.invoke, {"mark": str(mark), "sleep": 60})
        wait_until(lambda: mark.exists() and mark.read_text() != "")
        assert function.kill() == 1
        assert running.result(5).status == 439
    pid = int(mark.read_text())
    assert not runs(pid)
    assert function.invoke({"mark": str(mark), "sleep": 0}).value != pid


def test_stop_leaves_no_process(deploy: Deploy) -> None:
    """After `stop` idle instances are gone, and nothing can be invoked."""
    function = deploy(ECHO)
    pid = function.invoke({}).value["pid"]
    function.stop()
    assert not runs(pid)
    assert function.invoke({}).status == 439


def test_an_invocation_that_ends_beside_a_stop_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance that is given back to a function which was stopped meanwhile is ended, not kept warm."""
    (tmp_path / "hello.py").write_text("def main_handler(event, context):\n    return event\n", encoding="utf-8")
    pool = Pool(Spec("hello", (tmp_path,)))
    instance = pool.start()
    with monkeypatch.context() as late:
        late.setattr(Instance, "kill", lambda _: None)
        pool.stop()
    assert instance.alive
    pool.give_back(instance, reusable=True)
    assert not instance.alive
