"""A function's log: what it prints, between the platform's frame lines."""

import re

from local.scf import LogLine
from tests.unit.local_scf.helpers import Deploy


def test_an_invocation_is_framed(deploy: Deploy, log: list[LogLine]) -> None:
    """START comes first, then what was printed, then the returned value, END and Report with duration and memory."""
    function = deploy("print('importing')\ndef main_handler(e, c):\n    print('working')\n    return {'a': 'ä'}")
    function.invoke({})
    texts = [line.text.replace(f"RequestId:{line.request_id}", "ID") for line in log]
    assert texts[0] == "START ID"
    assert texts[1] == "importing"
    assert re.fullmatch(r"Init Report ID Coldstart: \d+ms", texts[2])
    assert texts[3:6] == ["working", 'Response ID RetMsg:{"a": "ä"}', "END ID"]
    report = re.fullmatch(r"Report ID Duration:\d+ms Memory:128MB MemUsage:(\d+\.\d\d)MB", texts[6])
    assert report
    assert 1 < float(report[1]) < 60
    assert {line.kind for line in log if line.text in ("importing", "working")} == {"output"}
    assert {line.function for line in log} == {"hello"}


def test_an_error_is_in_the_log(deploy: Deploy, log: list[LogLine]) -> None:
    """A failed invocation logs the error object in place of a response."""
    deploy("def main_handler(e, c):\n    raise KeyError('lost')").invoke({})
    [line] = [line.text for line in log if line.text.startswith("ERROR")]
    assert '"statusCode": 430' in line
    assert "KeyError: 'lost'" in line


def test_the_result_carries_the_lines_that_were_printed(deploy: Deploy) -> None:
    """stdout and stderr arrive in order, also a line without an end, bytes that are no text, and a child's."""
    function = deploy(
        """
        import logging, os, subprocess, sys
        def main_handler(event, context):
            print("one")
            print("two", file=sys.stderr)
            subprocess.run(["echo", "three"])
            sys.stdout.buffer.write(b"\\xff four\\n")
            print("五", end="")
        """
    )
    assert function.invoke({}).log == ("one", "two", "three", "\ufffd four", "五")
    assert function.invoke({}).log == ("one", "two", "three", "\ufffd four", "五")


def test_what_was_printed_before_a_crash_is_kept(deploy: Deploy) -> None:
    """A killed or crashed function still has its log."""
    answer = deploy("import os\ndef main_handler(e, c):\n    print('last words')\n    os._exit(1)").invoke({})
    assert answer.log == ("last words",)


def test_a_flood_of_output_does_not_block(deploy: Deploy) -> None:
    """A function may print more than a pipe holds before it answers."""
    answer = deploy("def main_handler(e, c):\n    for n in range(20_000): print(n, 'x' * 50)\n    return 1").invoke({})
    assert answer.value == 1
    assert len(answer.log) == 20_000


def test_a_function_that_closes_its_output_still_answers(deploy: Deploy) -> None:
    """Without stdout and stderr there is no log, but there is an answer."""
    source = "import os\ndef main_handler(e, c):\n    os.close(1)\n    os.close(2)\n    return 1"
    assert deploy(source).invoke({}).value == 1
