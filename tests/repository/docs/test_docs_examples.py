"""Every example of the pages is valid, and what needs a cloud is run against one."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from local.command_line import arguments
from shared.event_sources.cloudevents import Envelope
from shared.event_sources.strict_json import parse_object
from shared.operations import OPERATIONS
from tests.repository.docs import markdown
from tests.repository.docs.markdown import CALLING, OURS, READMES, REFERENCES, REPOSITORY
from tests.repository.docs.session import Ground, environment, run, shape

SESSION = ("shell", "python", "kcat", "tccli")
READ = dict(zip(CALLING, zip(READMES, REFERENCES, CALLING, strict=True), strict=True))
"""By the page for callers: the pages that are read before it, in their order, and itself."""
by_page = pytest.mark.parametrize("page", OURS)


@pytest.fixture(scope="module", params=CALLING)
def page(request: pytest.FixtureRequest) -> str:
    """Each of the two pages for callers."""
    return str(request.param)


@pytest.fixture(scope="module")
def ground(page: str) -> Iterator[Ground]:
    """A cloud of the page's own."""
    assert page
    with Ground() as started:
        yield started


@pytest.fixture(scope="module")
def printed(page: str, ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Any, str]]:
    """The session of the page and those before it: their blocks and what each printed. The English one runs without the
    machine's own programs.
    """
    folder = tmp_path_factory.mktemp("programs")
    env = environment(ground.stack, folder, stand_ins_first=page == CALLING[0])
    done = run(READ[page], SESSION, ground.stack, env)
    ground.stack.settle()
    return done


@pytest.mark.parametrize("one", markdown.pages())
def test_json_blocks_are_json(one: str) -> None:
    """Each JSON block of every page is strict JSON."""
    for block in markdown.blocks(one):
        if block.language == "json":
            parse_object(block.text.encode())


@by_page
def test_command_examples_are_valid(page: str) -> None:
    """Each is accepted by the model of its function."""
    for block in markdown.blocks(page, "command"):
        OPERATIONS[block.test[1]].command.parse(json.loads(block.text))


@by_page
def test_event_examples_are_valid(page: str) -> None:
    """Each is an envelope of a known type with a valid command and time."""
    for block in markdown.blocks(page, "event"):
        envelope = Envelope(json.loads(block.text))
        (command,) = [
            command for command in (row.command for row in OPERATIONS.values()) if envelope.type == command.TYPE
        ]
        command.parse(envelope.data())
        assert envelope.identity
        assert envelope.time(now=4e9)


@by_page
def test_make_targets_exist(page: str) -> None:
    """Each make command that a page tells is there, with its help; commands in the running text too."""
    makefile = (REPOSITORY / "Makefile").read_text()
    told = re.findall(r"\bmake ([a-z-]+)`", markdown.prose(page))
    told += [line.split()[1] for block in markdown.blocks(page, "make") for line in block.text.splitlines()]
    assert [name for name in told if not re.search(rf"^{name}:.*## ", makefile, re.M)] == []


@by_page
def test_starting_the_local_cloud_is_told_right(page: str) -> None:
    """The command line takes what the page tells."""
    for block in markdown.blocks(page, "up"):
        for line in block.text.splitlines():
            assert arguments().parse_args(shlex.split(line)[3:]).command == "up"


def test_outputs_are_as_shown(page: str, printed: list[tuple[Any, str]]) -> None:
    """What a block printed last has the names and types of the JSON that its page shows after it."""
    told = {id(block): text for block, text in printed}
    last, compared = "", 0
    shown = iter(printed)
    for block in (block for one in READ[page] for block in markdown.blocks(one)):
        if block.kind in SESSION:
            last = told[id(next(shown)[0])]
        if block.kind == "output":
            assert shape(json.loads(last.splitlines()[-1])) == shape(json.loads(block.text))
            compared += 1
    assert compared == 5


def test_the_session_does_what_the_page_says(ground: Ground, printed: list[tuple[Any, str]]) -> None:
    """A repetition is replayed, a secret is made, tccli lists both users, and the leaver has no policy left."""
    texts = [text for _, text in printed]
    assert any(json.loads(text).get("replayed") for text in texts if text.startswith("{") and text.count("\n") == 1)
    assert any(re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=\n", text) for text in texts)
    users = json.loads(texts[-1])["Data"]
    assert {user["Name"] for user in users} >= {"alice"}
    assert (ground.stack.cloud.cam.attached("alice"), ground.stack.cloud.cam.attached("bob")) == (
        [],
        ["QcloudIMReadOnlyAccess"],
    )


@pytest.mark.usefixtures("printed")
def test_the_notification_is_as_shown(page: str, ground: Ground) -> None:
    """A created user's notification has the names and types that the page shows."""
    (block,) = markdown.blocks(page, "notification")
    assert shape(ground.receiver.of("bob", "imaccess.user.created")[0]) == shape(json.loads(block.text))


@pytest.mark.usefixtures("printed")
def test_counters_are_as_shown(page: str, ground: Ground) -> None:
    """A queue's return value has the names that the page shows, in their order."""
    (block,) = markdown.blocks(page, "counters")
    assert list(ground.stack.deliveries[0].result.value) == list(json.loads(block.text))


@pytest.mark.usefixtures("printed")
def test_the_dead_letter_is_as_shown(page: str, ground: Ground) -> None:
    """A dead letter has the names and types that the page shows."""
    bad = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/hr/staff", "id": "1"}
    ground.stack.kafka.publish(json.dumps({**bad, "data": {"user": "alice", "policies": ["AdministratorAccess"]}}))
    ground.stack.settle()
    (block,) = markdown.blocks(page, "dead-letter")
    (letter,) = ground.stack.cloud.cos.list("dead-letters/").objects
    assert shape(json.loads(letter.body)) == shape(json.loads(block.text))


def test_the_receiver_believes_a_signature_only(page: str) -> None:
    """The page's code returns a signed event, and raises for another secret."""
    (block,) = markdown.blocks(page, "receiver")
    names: dict[str, Any] = {}
    exec(block.text, names)  # noqa: S102 - the page's own example
    from datetime import datetime, timezone

    now = datetime.now(timezone.utc)
    mine, other = ("whsec_" + letter * 40 for letter in "ab")
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(mine).sign("msg_1", now, '{"id": "1"}'),
    }
    assert names["receive"](b'{"id": "1"}', headers, mine) == {"id": "1"}
    with pytest.raises(Exception, match="No matching signature"):
        names["receive"](b'{"id": "1"}', headers, other)
