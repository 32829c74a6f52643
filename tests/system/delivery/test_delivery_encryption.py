"""`encrypt_to`: the file is an age file that only its recipient reads; a bad key stops a create before it begins."""

from __future__ import annotations

import base64
import csv
import io
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
from tests.world import READ, World

ALICE = {"user": "alice", "policies": [READ]}
ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIOwAl9vJJSnP1OeTzHNCX8bSugjuUroYaSgSdTSJHIG"
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
    download = requests.get(url, timeout=5)
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
    assert requests.get(answer.body["credentials"]["url"], timeout=5).content == content
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
