"""Settings: every row of the table, its default, what it accepts and what it refuses by its name alone."""

import base64
from typing import Any

import pytest

from shared.commands.fields import USER_PATTERN
from shared.errors import Misconfigured
from shared.secret import Secret
from shared.settings import Receiver, Settings
from shared.settings_parsers import USER, CallerSecret

KEY = "whsec_" + base64.b64encode(b"key of 24 bytes, exactly").decode()
LONG_KEY = "whsec_" + base64.b64encode(bytes(range(64))).decode()
MINIMAL = {
    "IM_ACCESS_BUCKET": "im-access-1250000000",
    "TENCENTCLOUD_REGION": "ap-guangzhou",
    "IM_ACCESS_WEBHOOK_SECRETS": KEY,
}
DEFAULTS: dict[str, Any] = {
    "bucket": "im-access-1250000000",
    "region": "ap-guangzhou",
    "policies": ("QcloudAVCFullAccess", "QcloudIMReadOnlyAccess"),
    "allow_foreign_policies": (),
    "protected_users": (),
    "boundary_policy": None,
    "link_ttl": 3600,
    "credential_lifetime": 7200,
    "delivery": "link",
    "claim_url": None,
    "delete_after_days": 30,
    "unclaimed_hours": 72,
    "sweep": "warn",
    "sweep_limit": 10,
    "time_zone": "Asia/Shanghai",
    "people_brake": 20,
    "drift": "off",
    "http_auth": "signature",
    "webhook_secrets": (CallerSecret("", Secret(KEY)),),
    "notify_url": None,
    "organisation": None,
    "contact": None,
    "mail_url": None,
    "mail_from": None,
    "notify_secret": None,
    "heartbeat_url": None,
    "owner_uin": None,
    "api_endpoint": None,
    "cos_endpoint": None,
    "answer_link": True,
    "bare_messages": False,
    "retry_hours": 6,
    "scim_tokens": (),
    "scim_policies": (),
    "scim_groups": (),
    "scim_brake": 20,
    "scim_url": None,
    "keep_days": 3650,
    "log_level": "INFO",
}
LOOPBACK = (
    "http://127.0.0.1:8080/x",
    "http://127.8.9.10",
    "http://[::1]:80/",
    "http://localhost:8080",
    "HTTP://LocalHost/",
)
ELSEWHERE = (
    "http://hunter2.example.com",
    "http://10.0.0.1/",
    "http://128.0.0.1/",
    "http://127.0.0.1.hunter2.example/",
    "http://127.0.0.1@hunter2.example/",
    "http://localhost.hunter2.example/",
    "http://hunter2localhost/",
    "http://127.hunter2/",
    "http://[::2]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/",
    "http://１２７.0.0.1/",
    "http://hunter2.example\\@127.0.0.1/",
    "https://127.0.0.1\\@hunter2.example/",
)
MISREAD = (
    "root，admin",
    "root、admin",
    "root;hunter2",
    "root|hunter2",
    '"root"',
    "root/hunter2",
    "-root",
    "r\u200boot",
    "ｒoot",
    "根",
    "root:hunter2",
    "root,[hunter2]",
    "x" * 65,
    "root\ufeff",
)
GOOD: list[tuple[str, str, Any]] = [
    ("bucket", "a-12345", "a-12345"),
    ("region", "na-siliconvalley", "na-siliconvalley"),
    ("policies", "A", ("A",)),
    ("policies", " A, B\nC,,", ("A", "B", "C")),
    ("allow_foreign_policies", "A, B", ("A", "B")),
    ("protected_users", "root-admin,100000000007", ("root-admin", "100000000007")),
    ("protected_users", " , ", ()),
    ("protected_users", "root, admin\nhr.robot@example.com", ("root", "admin", "hr.robot@example.com")),
    ("protected_users", "root\u3000admin", ("root", "admin")),
    ("scim_url", "https://scim.example.com/scim/v2/", "https://scim.example.com/scim/v2"),
    ("boundary_policy", "im-boundary", "im-boundary"),
    ("link_ttl", "1", 1),
    ("link_ttl", " 43200 ", 43200),
    ("credential_lifetime", "1800", 1800),
    ("credential_lifetime", "999999999", 999_999_999),
    ("delivery", "Link", "link"),
    ("claim_url", "https://im.example.com/claim?shape=apigw", "https://im.example.com/claim?shape=apigw"),
    ("delete_after_days", "0", 0),
    ("unclaimed_hours", "1", 1),
    ("sweep", "enforce", "enforce"),
    ("sweep_limit", "10000", 10000),
    ("drift", "warn", "warn"),
    ("keep_days", "400", 400),
    ("http_auth", "Platform", "platform"),
    ("webhook_secrets", f"{KEY} {LONG_KEY}", (CallerSecret("", Secret(KEY)), CallerSecret("", Secret(LONG_KEY)))),
    (
        "webhook_secrets",
        f"hr={KEY}  hr={LONG_KEY}",
        (CallerSecret("hr", Secret(KEY)), CallerSecret("hr", Secret(LONG_KEY))),
    ),
    (
        "webhook_secrets",
        f"Ops-2.eu_1={LONG_KEY}\n{KEY}",
        (CallerSecret("Ops-2.eu_1", Secret(LONG_KEY)), CallerSecret("", Secret(KEY))),
    ),
    ("webhook_secrets", f"{'n' * 64}={KEY}", (CallerSecret("n" * 64, Secret(KEY)),)),
    ("webhook_secrets", f"{KEY} {KEY}", (CallerSecret("", Secret(KEY)),)),
    ("notify_url", "https://hooks.example.com/im?token=1", "https://hooks.example.com/im?token=1"),
    *(("notify_url", url, url) for url in LOOPBACK),
    *(("claim_url", url, url) for url in LOOPBACK),
    ("heartbeat_url", "https://hc.example.com/ping/1?token=2", "https://hc.example.com/ping/1?token=2"),
    ("notify_secret", LONG_KEY, Secret(LONG_KEY)),
    ("owner_uin", "100000000001", "100000000001"),
    ("api_endpoint", "http://127.0.0.1:8081", "http://127.0.0.1:8081"),
    ("api_endpoint", "http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
    ("cos_endpoint", "https://cos.example.com", "https://cos.example.com"),
    ("answer_link", "no", False),
    ("bare_messages", "accept", True),
    ("log_level", "debug", "DEBUG"),
]
BAD = [
    *(("protected_users", text) for text in MISREAD),
    *(
        (name, text)
        for name in ("policies", "allow_foreign_policies")
        for text in ("A，B", "A、hunter2", "A;hunter2", "A/hunter2", "A:hunter2", '"A"', "策略", "A\u200b", "x" * 129)
    ),
    *((name, text) for name in ("notify_url", "claim_url") for text in ELSEWHERE),
    ("webhook_secrets", "whsec_" + base64.b64encode(bytes(32)).decode()),
    ("webhook_secrets", f"{KEY} hunter2=whsec_" + base64.b64encode(b"h" * 24).decode()),
    ("webhook_secrets", f"hunter2={KEY} hunter3={KEY}"),
    ("webhook_secrets", f"hunter2={KEY} {KEY}"),
    ("webhook_secrets", f"hunter 2={KEY}"),
    ("webhook_secrets", f"hunter2/x={KEY}"),
    ("webhook_secrets", f"ｈunter2={KEY}"),
    ("webhook_secrets", f"{'hunter2' * 10}={KEY}"),
    ("webhook_secrets", f"={KEY}"),
    ("webhook_secrets", "hunter2="),
    ("webhook_secrets", f"hunter2={KEY[6:]}"),
    ("webhook_secrets", f"hunter2=hunter3={KEY}"),
    ("webhook_secrets", f"{KEY},{LONG_KEY}"),
    ("notify_secret", f"hunter2={LONG_KEY}"),
    ("notify_secret", KEY),
    ("bucket", "hunter2"),
    ("bucket", "hunter2-0125"),
    ("bucket", "Hunter2-1250000000"),
    ("bucket", "hunter2-1250000000/x"),
    ("bucket", "h" * 60 + "-1250000000"),
    ("region", "hunter2 hunter2"),
    ("policies", ""),
    ("policies", " , ,"),
    ("link_ttl", "0"),
    ("link_ttl", "43201"),
    ("link_ttl", "hunter2"),
    ("link_ttl", "3600.5"),
    ("link_ttl", "-3600"),
    ("link_ttl", "３６００"),
    ("link_ttl", "9" * 5000),
    ("credential_lifetime", "0"),
    ("delivery", "hunter2"),
    ("claim_url", "hunter2"),
    ("claim_url", "https://a.example/#hunter2"),
    ("claim_url", "https://hunter2@a.example/"),
    ("unclaimed_hours", "0"),
    ("unclaimed_hours", "8761"),
    ("delete_after_days", "3651"),
    ("sweep", "hunter2"),
    ("sweep_limit", "0"),
    ("sweep_limit", "10001"),
    ("drift", "enforce"),
    ("keep_days", "399"),
    ("keep_days", "3651"),
    ("http_auth", "hunter2"),
    ("webhook_secrets", "hunter2"),
    ("webhook_secrets", f"{KEY} hunter2"),
    ("webhook_secrets", KEY.removeprefix("whsec_")),
    ("webhook_secrets", "whsec_" + base64.b64encode(b"hunter2").decode()),
    ("webhook_secrets", "whsec_" + base64.b64encode(b"k" * 65).decode()),
    ("webhook_secrets", "whsec_hunter2☃"),
    ("notify_url", "hunter2.example.com"),
    ("notify_url", "ftp://hunter2.example.com"),
    ("notify_url", "https://"),
    ("notify_url", "https://hunter2.example.com:port"),
    ("notify_url", "https://hunter2.example.com/a b"),
    ("notify_url", "http://[hunter2"),
    ("notify_secret", "hunter2"),
    ("organisation", "hunter2\x00"),
    ("organisation", "hunter2" * 20),
    ("contact", "javascript:hunter2"),
    ("contact", "http://hunter2.example.com"),
    ("contact", "https://hunter2.example.com/a b"),
    ("contact", "mailto:hunter2"),
    ("mail_url", "hunter2.example.com"),
    ("mail_url", "https://hunter2.example.com"),
    ("mail_url", "smtps://hunter2.example.com/path"),
    ("mail_url", "smtps://hunter2@mail.example.com"),
    ("mail_url", "smtps://a:hunter2%0d%0aRSET@mail.example.com"),
    ("mail_url", "smtp://mail.example.com:hunter2"),
    ("mail_from", "hunter2"),
    ("mail_from", "a@hunter2.example.com, b@example.com"),
    ("mail_from", "Hunter <a@hunter2.example.com>"),
    ("heartbeat_url", "http://hc.example.com/ping"),
    ("owner_uin", "hunter2"),
    ("owner_uin", "0100000000001"),
    ("api_endpoint", "127.0.0.1:8081"),
    ("api_endpoint", "http://127.0.0.1:8081/hunter2"),
    ("cos_endpoint", "http://127.0.0.1:8082?hunter2"),
    ("cos_endpoint", "http://hunter2@127.0.0.1"),
    ("answer_link", "hunter2"),
    ("bare_messages", "yes"),
    ("log_level", "hunter2"),
]


def problem(env: dict[str, str]) -> str:
    """What is wrong with this environment, or nothing."""
    try:
        Settings(env).check()
    except Misconfigured as error:
        assert error.detail.startswith(error.setting)  # noqa: PT017
        return error.detail
    return ""


def name_of(attribute: str) -> str:
    """The environment's name of a setting."""
    return Settings.table()[attribute].name


def test_the_table_is_the_contract() -> None:
    """Its names, no more and no less, each with a sentence of help."""
    assert {row.name for row in Settings.table().values()} == {f"IM_ACCESS_{name.upper()}" for name in DEFAULTS}
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


def test_secrets_are_required_with_signatures_alone() -> None:
    """Where the platform authenticates, none are needed."""
    env = MINIMAL | {"IM_ACCESS_WEBHOOK_SECRETS": ""}
    assert problem(env) == "IM_ACCESS_WEBHOOK_SECRETS is required with IM_ACCESS_HTTP_AUTH=signature"
    env["IM_ACCESS_HTTP_AUTH"] = "platform"
    assert not problem(env)
    assert Settings(env).webhook_secrets == ()


def test_the_page_has_an_address_where_links_lead_to_it() -> None:
    """Without one no link could be made; with the other delivery it is of no use and no harm."""
    env = MINIMAL | {"IM_ACCESS_DELIVERY": "claim"}
    assert problem(env) == "IM_ACCESS_CLAIM_URL is required with IM_ACCESS_DELIVERY=claim"
    assert not problem(env | {"IM_ACCESS_CLAIM_URL": "https://im.example.com"})
    assert not problem(MINIMAL | {"IM_ACCESS_CLAIM_URL": "https://im.example.com"})


def test_what_must_stand_together() -> None:
    """A URL needs its secret, and an answer without link needs the URL."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    secret = {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}
    no_link = {"IM_ACCESS_ANSWER_LINK": "no"}
    assert problem(MINIMAL | url) == "IM_ACCESS_NOTIFY_SECRET is required with IM_ACCESS_NOTIFY_URL"
    assert problem(MINIMAL | no_link) == "IM_ACCESS_NOTIFY_URL is required with IM_ACCESS_ANSWER_LINK=no"
    assert not problem(MINIMAL | url | secret | no_link)
    assert not problem(MINIMAL | secret)
    mail = {"IM_ACCESS_MAIL_URL": "smtps://mail.example.com"}
    assert problem(MINIMAL | mail) == "IM_ACCESS_MAIL_FROM is required with IM_ACCESS_MAIL_URL"
    assert not problem(MINIMAL | mail | {"IM_ACCESS_MAIL_FROM": "access@example.com"})


def test_the_receiver_has_no_callers_secret() -> None:
    """A receiver could sign commands with it; whatever the secret's spelling, and whoever of the callers has it."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    spelled = "whsec_" + base64.b64encode(bytes(range(32))).decode()[:-2] + "9="
    assert base64.b64decode(spelled[6:]) == bytes(range(32))
    same = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    for callers in (same, f"{KEY} hr={same}"):
        for secret in (same, spelled):
            env = MINIMAL | url | {"IM_ACCESS_WEBHOOK_SECRETS": callers, "IM_ACCESS_NOTIFY_SECRET": secret}
            assert problem(env) == "IM_ACCESS_NOTIFY_SECRET is one of IM_ACCESS_WEBHOOK_SECRETS"
            with pytest.raises(Misconfigured):
                _ = Settings(env).receiver


def test_the_receiver_and_the_page_are_asked_for_in_one_place() -> None:
    """Whoever tells somebody or makes a link has what both need, or the refusal."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    assert Settings(MINIMAL).receiver is None
    assert Settings(MINIMAL | {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}).receiver is None
    told = Settings(MINIMAL | url | {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}).receiver
    assert told == Receiver("https://hooks.example.com", Secret(LONG_KEY))
    with pytest.raises(Misconfigured, match="IM_ACCESS_NOTIFY_SECRET is required"):
        _ = Settings(MINIMAL | url).receiver
    page = {"IM_ACCESS_CLAIM_URL": "https://im.example.com"}
    assert Settings(page).page is None
    assert Settings(page | {"IM_ACCESS_DELIVERY": "claim"}).page == "https://im.example.com"
    with pytest.raises(Misconfigured, match="IM_ACCESS_CLAIM_URL is required"):
        _ = Settings({"IM_ACCESS_DELIVERY": "claim"}).page


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
