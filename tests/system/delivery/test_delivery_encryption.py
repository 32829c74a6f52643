"""`encrypt_to`: the file is an age file that only its recipient reads; a bad key stops a create before it begins."""

from __future__ import annotations

import base64
import csv
import io
import re
import subprocess
import sys

import pyrage
import pytest
import requests
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shared.commands.create_user import CreateUser
from shared.credentials import encryption as recipients
from shared.errors import Rejected
from tests.system.delivery.stories import cookie, created, visited
from tests.world import READ, World

ALICE = {"user": "alice", "policies": [READ]}
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIOwAl9vJJSnP1OeTzHNCX8bSugjuUroYaSgSdTSJHIG"
RSA = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC5Fuxm6gZm059L1QZbm15ogh00TddCcLjPrLWz4Me4xowbVRUZyBuTh1UPUcNh"
    "LToft7xgGE9OCq73zID+TUIpztHs4K651NYjAziY5qMK+JtMNzP9u4zNRzgI4z+3vehzP4Az3Fk8K5fpiBdj6Fayc+7tlMcn88E3"
    "ixfBhA3O+PbkWE8uYrM5/Wh9mmnO6uFZ8hgETgIoBxl9llxkf3n2JnesU9o1pfh/AgHcNXorOkS7Uv2h13MvB9jUfUXF3LUlrQ77"
    "DwlT+a3jcjUk6LSuBllj2CrHeF3lsG1umDtIHom0kSSfG6Bcp8lsh/mR789+lWbOTEdjgVS6+p/zpsXb"
)
AGE = "age1uxxtm4up3sq64xne9sr477kfwagem4qekplwgj5apgg7z30x6sgsju959j"
EVERYBODYS = (
    "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
)
"""Points of low order: see tests/unit/credentials/test_public_keys.py for all of them."""
ECDSA = (
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBKYhMh5Xwf3OxDqjQ"
    "Vw3WqrjkQ0Kc0ZfNK4W3Fj1L0h8nJx2m5u0M9w2Z6r0QF3h1b5xq6hX2Vt0u9s8r7q6p5o="
)


def read(content: bytes, identity: object) -> dict[str, str]:
    """The CSV's row, decrypted."""
    text = pyrage.decrypt(content, [identity]).decode("utf-8-sig")
    return next(csv.DictReader(io.StringIO(text, newline="")))


def test_the_file_is_noise_to_everyone_but_its_recipient(world: World) -> None:
    """The link downloads `credentials.csv.age`, which its identity alone decrypts to what CAM holds."""
    identity = pyrage.x25519.Identity.generate()
    command = ALICE | {"encrypt_to": str(identity.to_public())}
    answer = world.invoke("create_user", world.http("create_user", command, id="1"))
    assert answer.status == 201
    url = answer.body["credentials"]["url"]
    download = requests.get(url, timeout=30)
    assert ".csv.age?" in url
    assert download.headers["Content-Disposition"] == "attachment;filename=credentials.csv.age"
    assert download.headers["Content-Type"] == "application/octet-stream"
    assert download.headers["Cache-Control"] == "no-store"
    assert b"alice" not in download.content
    row = read(download.content, identity)
    assert world.cloud.cam.login(world.cloud.owner_uin, "alice", row["Password"])
    with pytest.raises(pyrage.DecryptError):
        read(download.content, pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("action", ["AddUser", "PutObject"])
def test_a_crash_leaves_no_readable_file(world: World, action: str, when: str) -> None:
    """Whichever attempt writes the file, it is encrypted, and the one that is left opens."""
    identity = pyrage.x25519.Identity.generate()
    event = world.http("create_user", ALICE | {"encrypt_to": str(identity.to_public())}, id="1")
    world.kill(action=action, when=when, call=1 if action == "AddUser" else 3)
    answer = world.redeliver_until_answer("create_user", event)
    (content,) = world.end_state("alice").files.values()
    assert requests.get(answer.body["credentials"]["url"], timeout=30).content == content
    assert world.cloud.cam.login(world.cloud.owner_uin, "alice", read(content, identity)["Password"])


@pytest.mark.parametrize(
    "bad", ["age1", "age1 x", ECDSA, "ssh-rsa AAAA", ED25519 + "\nssh-rsa AAAA", "", "x" * 5000, 7, *EVERYBODYS]
)
def test_a_bad_key_is_a_400_before_anything_is_created(world: World, bad: object) -> None:
    """Malformed, unsupported and multi-line keys are refused with the field's name; no call reaches the cloud."""
    answer = world.invoke("create_user", world.http("create_user", ALICE | {"encrypt_to": bad}, id="1"))
    assert (answer.status, answer.body["code"]) == (400, "invalid_command")
    assert "encrypt_to" in answer.body["detail"]
    assert not world.calls


def test_a_key_of_everybody_does_not_stop_a_batch(world: World) -> None:
    """It is parked, once; the good creates before and behind it in the batch are done, and nothing comes again."""
    keys = (None, *EVERYBODYS, None)
    commands = [
        {"user": f"user-{n}", "policies": [READ]} | ({"encrypt_to": key} if key else {}) for n, key in enumerate(keys)
    ]
    batch = world.kafka(*(world.envelope("create_user", one, id=f"{n}") for n, one in enumerate(commands)))
    answer = world.invoke("create_user", batch)
    assert answer.error is None
    assert answer.body == {"received": 5, "applied": 2, "replayed": 0, "ignored": 0, "parked": 3}
    assert sorted(world.cloud.cam.users) == ["user-0", "user-4"]


def test_a_comment_is_dropped() -> None:
    """What follows an SSH key is for people; the command keeps the key alone."""
    assert CreateUser.parse(ALICE | {"encrypt_to": f"{ED25519} alice@host and more"}).encrypt_to == ED25519


def test_a_short_rsa_key_is_refused() -> None:
    """An RSA modulus below 2048 bits protects nothing."""
    modulus = b"\0" + b"\xff" * 128
    fields = (b"ssh-rsa", b"\1\0\1", modulus)
    blob = base64.b64encode(b"".join(len(one).to_bytes(4, "big") + one for one in fields)).decode()
    with pytest.raises(Rejected):
        CreateUser.parse(ALICE | {"encrypt_to": f"ssh-rsa {blob}"})


@given(st.text() | st.builds(str.__add__, st.sampled_from(["age1", "ssh-rsa ", "ssh-ed25519 AAAA"]), st.text()))
@example(ED25519[:-1])
@example("ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes(32)).decode())
@settings(deadline=None)
def test_any_text_is_a_key_or_a_refusal(text: str) -> None:
    """Nothing but ValueError comes of any text, and what is taken can be encrypted to."""
    try:
        key = recipients.normal(text)
    except ValueError:
        return
    assert recipients.encrypt(b"x", key).startswith(b"age-encryption.org/v1")


def test_the_library_is_loaded_where_it_is_needed() -> None:
    """A create without `encrypt_to` does not pay for the library at its cold start."""
    parse = "shared.commands.create_user.CreateUser.parse({'user': 'a', 'policies': ['b']})"
    script = f"import sys, shared.app, shared.commands.create_user; {parse}; sys.exit('pyrage' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("key", "command"),
    [
        (AGE, "age -d -i key.txt -o credentials.csv credentials.csv.age"),
        (ED25519, "age -d -i ~/.ssh/id_ed25519 -o credentials.csv credentials.csv.age"),
        (RSA, "age -d -i ~/.ssh/id_rsa -o credentials.csv credentials.csv.age"),
        (None, None),
    ],
    ids=["age", "ed25519", "rsa", "none"],
)
def test_the_page_tells_how_to_read_the_file_and_what_to_do_next(
    claims: World, language: str, key: str | None, command: str | None
) -> None:
    """Before and after it is fetched: the command for the key's kind, in one line, into a file and no terminal."""
    url = created(claims, encrypt_to=key)
    first = visited(claims, "GET", url, accept_language=language)
    headers = {"cookie": cookie(first), "accept_language": language}
    assert visited(claims, "POST", url, **headers).status == 303
    for text in (first.text, visited(claims, "GET", url, **headers).text):
        shown = re.findall(r"<code[^>]*>(.*?)</code>", text)
        assert shown == ([command] if command else [])
        steps = {"en": ("log in to the Tencent Cloud", "for programs"), "zh": ("登录腾讯云控制台", "供程序调用")}[
            language
        ]
        assert [step for step in steps if step not in text] == []


def test_a_command_and_a_time_are_broken_nowhere(claims: World) -> None:
    """On a narrow window a command is scrolled, and the zone stays in the line of its hour."""
    text = visited(claims, "GET", created(claims, encrypt_to=AGE), accept_language="zh").text
    rules = dict(re.findall(r"([^{}]+)\{([^{}]*)\}", text[text.index("<style>") : text.index("</style>")]))
    assert "white-space:nowrap" in rules["\ntime span"]
    assert {"white-space:nowrap", "overflow-x:auto"} <= set(rules["\ncode"].split(";"))
    assert re.search(r"<span>\d\d:\d\d（北京时间）</span></time>", text)
