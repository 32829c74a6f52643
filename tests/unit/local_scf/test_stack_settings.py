"""The settings that functions get from the local cloud."""

from pathlib import Path

import pytest

from local.function_settings import hashed
from local.stack import LocalStack


def test_settings_can_change(functions: Path) -> None:
    """`configure` changes a setting of every function and keeps the others."""
    with LocalStack(0, functions, env={"IM_ACCESS_LINK_TTL": "120"}) as stack:
        stack.configure({"IM_ACCESS_LOG_LEVEL": "DEBUG"})
        for name in stack.functions:
            env = stack.post(f"/{name}", {}).json()["env"]
            assert (env["IM_ACCESS_LOG_LEVEL"], env["IM_ACCESS_LINK_TTL"]) == ("DEBUG", "120")


def test_callers_settings_win(functions: Path) -> None:
    """A secret given by the caller is the functions' and the one to sign with; of several the first."""
    secrets = "whsec_Zmlyc3Q= whsec_c2Vjb25k"
    with LocalStack(0, functions, env={"IM_ACCESS_WEBHOOK_SECRETS": secrets}) as stack:
        assert stack.info()["webhook_secret"] == "whsec_Zmlyc3Q="
        assert stack.post("/create_user", {}).json()["env"]["IM_ACCESS_WEBHOOK_SECRETS"] == secrets


def test_the_callers_name_is_no_part_of_the_secret(functions: Path) -> None:
    """A secret that is given with its caller's name signs as it is without."""
    with LocalStack(0, functions, env={"IM_ACCESS_WEBHOOK_SECRETS": "hr=whsec_Zmlyc3Q= whsec_c2Vjb25k"}) as stack:
        assert stack.webhook_secret == "whsec_Zmlyc3Q="


@pytest.mark.parametrize(
    "own",
    [
        {"IM_ACCESS_NOTIFY_URL": "http://127.0.0.1:1/hook", "IM_ACCESS_NOTIFY_SECRET": "whsec_c2Vjb25k"},
        {"IM_ACCESS_NOTIFY_URL": ""},
    ],
)
def test_ones_own_receiver_wins(functions: Path, own: dict[str, str]) -> None:
    """Where the caller says where notifications go, the built-in receiver stays out of it, secret included."""
    with LocalStack(0, functions, env=own) as stack:
        env = stack.post("/create_user", {}).json()["env"]
        assert {name: value for name, value in env.items() if name.startswith("IM_ACCESS_NOTIFY")} == own
        assert (stack.info()["notify_url"], stack.info()["notify_secret"]) == ("", "")


def test_the_scim_token_is_new_and_only_its_hash_is_for_the_functions(functions: Path) -> None:
    """Each local cloud has a token of its own; what the functions will be given is its hash under a name."""
    first, second = LocalStack(0, functions), LocalStack(0, functions)
    assert first.scim_token != second.scim_token
    assert len(first.scim_token) >= 32
    assert hashed("abc") == "local=sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_ones_own_scim_tokens_win(functions: Path) -> None:
    """Where the caller has tokens of its own, `GET /` shows none, since none of the local cloud's would be taken."""
    own = {"IM_ACCESS_SCIM_TOKENS": hashed("mine")}
    with LocalStack(0, functions, env=own) as stack:
        assert stack.info()["scim_token"] == ""
        assert stack.environment["IM_ACCESS_SCIM_TOKENS"] == own["IM_ACCESS_SCIM_TOKENS"]
