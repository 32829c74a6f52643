"""Settings: every row of the table, its default, what it accepts and what it refuses by its name alone."""

from __future__ import annotations

import pytest

from shared.commands.fields import USER_PATTERN
from shared.errors import Misconfigured
from shared.settings import Settings
from shared.settings_parsers import USER
from tests.unit.ground.settings_values import BAD, DEFAULTS, GOOD, KEY, LONG_KEY, MINIMAL, name_of, problem


def test_the_table_is_the_contract() -> None:
    """Its names, no more and no less, each with a sentence of help."""
    names = {f"IM_ACCESS_{name.upper()}" for name in DEFAULTS}
    assert {row.name for row in Settings.table().values()} == names, "a new setting is a row of DEFAULTS, too"
    assert all(row.help for row in Settings.table().values())


@pytest.mark.parametrize("attribute", DEFAULTS)
def test_defaults(attribute: str) -> None:
    """What holds where only the required settings are there; an empty variable is an unset one."""
    assert getattr(Settings(MINIMAL), attribute) == DEFAULTS[attribute]
    if name_of(attribute) not in MINIMAL and attribute != "policies":
        assert getattr(Settings(MINIMAL | {name_of(attribute): " "}), attribute) == DEFAULTS[attribute]


@pytest.mark.parametrize(("attribute", "text", "value"), GOOD)
def test_good_values(attribute: str, text: str, value: object) -> None:
    """Each is parsed to its value, and every setting works on its own."""
    assert getattr(Settings({name_of(attribute): text}), attribute) == value


@pytest.mark.parametrize(("attribute", "text"), BAD)
def test_bad_values(attribute: str, text: str) -> None:
    """The refusal names the setting and never shows the value."""
    refused = problem(MINIMAL | {name_of(attribute): text})
    assert refused.startswith(f"{name_of(attribute)} is ")
    assert "hunter2" not in refused.lower()
    assert len(refused) < 200


@pytest.mark.parametrize(
    ("gone", "named"), [("IM_ACCESS_BUCKET", "IM_ACCESS_BUCKET"), ("TENCENTCLOUD_REGION", "IM_ACCESS_REGION")]
)
def test_required_settings(gone: str, named: str) -> None:
    """Without them nothing works, and the refusal says which one to set."""
    assert problem({name: value for name, value in MINIMAL.items() if name != gone}).startswith(f"{named} is required")


def test_the_region_is_the_functions_unless_set() -> None:
    """IM_ACCESS_REGION comes before TENCENTCLOUD_REGION."""
    assert Settings(MINIMAL | {"IM_ACCESS_REGION": "ap-beijing"}).region == "ap-beijing"
    assert (
        problem(MINIMAL | {"TENCENTCLOUD_REGION": "hunter2!"})
        == "TENCENTCLOUD_REGION is no region, such as ap-guangzhou"
    )


def test_a_function_needs_only_what_it_uses() -> None:
    """The page and the sweep tell the receiver without any caller's secret; a function of queues has none either."""
    env = {name: value for name, value in MINIMAL.items() if name != "IM_ACCESS_WEBHOOK_SECRETS"}
    env |= {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com", "IM_ACCESS_NOTIFY_SECRET": LONG_KEY}
    assert Settings(env).receiver
    assert Settings(env).check(http=False)
    assert problem(env).startswith("IM_ACCESS_WEBHOOK_SECRETS is required")


def test_a_protected_user_is_named_as_in_commands() -> None:
    """The list takes exactly the names that a command can have."""
    assert f"^{USER}$" == USER_PATTERN


def test_a_setting_is_parsed_where_it_is_asked_for() -> None:
    """So an HTTP caller is authenticated before anything else is looked at, and each value is parsed once."""
    settings = Settings({"IM_ACCESS_WEBHOOK_SECRETS": KEY, "IM_ACCESS_BUCKET": "hunter2"})
    assert settings.http_auth == "signature"
    assert settings.webhook_secrets is settings.webhook_secrets


def test_secrets_of_the_settings_are_not_shown() -> None:
    """Neither the repr of a value nor that of the settings holds one."""
    settings = Settings(MINIMAL).check()
    assert KEY not in f"{settings.webhook_secrets} {settings.parsed} {settings}"


@pytest.mark.parametrize(
    ("name", "known"), [("Europe/Berlin", True), ("Asia/Nowhere", False), ("../etc/passwd", False)]
)
def test_a_time_zone_is_looked_up_where_it_is_used(name: str, known: bool) -> None:
    """One that nobody knows is refused by the setting's name."""
    settings = Settings(MINIMAL | {"IM_ACCESS_TIME_ZONE": name})
    if known:
        assert str(settings.zone) == name
        return
    with pytest.raises(Misconfigured, match="IM_ACCESS_TIME_ZONE is no time zone"):
        settings.zone  # noqa: B018 - it raises
