"""The settings: one table for parsing, for the reference pages and for their test. They are read again in each
invocation.

A setting is parsed when it is first used. So an HTTP caller is authenticated before anything else is read, and a
function needs only the settings that it uses. A row also checks what a setting needs of other settings. `check()`
parses them all. Errors name the setting, never its value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, Generic, NamedTuple, TypeVar, overload

from shared import mail_settings
from shared import settings_parsers as parse
from shared.bearer_tokens import parse_tokens
from shared.errors import Misconfigured
from shared.secret import Secret
from shared.webhook_secrets import CallerSecret, caller_secrets, key_of, webhook_secret

T = TypeVar("T")

DEFAULT_POLICIES = "QcloudAVCFullAccess,QcloudIMReadOnlyAccess"
"""The two preset policies of Instant Messaging (https://www.tencentcloud.com/document/product/1047/38087)."""


_POLICY_NAMES = parse.list_of(parse.policy_name, "policy names")
_USERS = parse.list_of(parse.user_name, "user names and UINs")


class Setting(Generic[T]):
    """A row of the table, and the attribute of `Settings` that reads it.

    `default`: the text that counts where the variable is not set; without one, `unset` decides.
    """

    def __init__(self, name: str, parse: Callable[[str], T], help: str, *, default: str = "") -> None:  # noqa: A002
        self.name = name
        self.parse = parse
        self.help = help
        self.default = default

    def unset(self, settings: Settings) -> T:  # noqa: ARG002 - the subclasses that look at other settings need it
        """The value of a variable that is not set and has no default. Raises Misconfigured."""
        raise Misconfigured(self.name, "is required")

    def read(self, settings: Settings) -> T:
        """The parsed value of the variable. Raises Misconfigured."""
        value = settings.env.get(self.name, "").strip() or self.default
        if not value:
            return self.unset(settings)
        try:
            return self.parse(value)
        except ValueError as error:
            raise Misconfigured(self.name, str(error)) from None

    @overload
    def __get__(self, settings: None, owner: type[Settings]) -> Setting[T]: ...
    @overload
    def __get__(self, settings: Settings, owner: type[Settings]) -> T: ...
    def __get__(self, settings: Settings | None, owner: type[Settings]) -> T | Setting[T]:
        if settings is None:
            return self
        if self.name not in settings.parsed:
            settings.parsed[self.name] = self.read(settings)
        value: T = settings.parsed[self.name]
        return value


class Optional(Setting["T | None"], Generic[T]):
    """A setting that may be absent."""

    def unset(self, settings: Settings) -> None:
        """Absent."""


class _AllowList(Setting[tuple[str, ...]]):
    def read(self, settings: Settings) -> tuple[str, ...]:
        names = super().read(settings) if settings.env.get(self.name, self.default).strip() else ()
        if not names:
            raise Misconfigured(self.name, "is an empty list")
        return names


class _Maybe(Setting["tuple[T, ...]"], Generic[T]):
    def unset(self, settings: Settings) -> tuple[T, ...]:  # noqa: ARG002 - as above
        return ()


class _Region(Setting[str]):
    def unset(self, settings: Settings) -> str:
        if not settings.env.get("TENCENTCLOUD_REGION", "").strip():
            raise Misconfigured(self.name, "is required where TENCENTCLOUD_REGION is not set")
        return Setting("TENCENTCLOUD_REGION", parse.region, self.help).read(settings)


class _CallerSecrets(Setting[tuple[CallerSecret, ...]]):
    def unset(self, settings: Settings) -> tuple[CallerSecret, ...]:
        if settings.http_auth == "signature":
            raise Misconfigured(self.name, "is required with IM_ACCESS_HTTP_AUTH=signature")
        return ()


class _Page(Setting[str | None]):
    def unset(self, settings: Settings) -> None:
        if settings.delivery == "claim":
            raise Misconfigured(self.name, "is required with IM_ACCESS_DELIVERY=claim")


class _MailFrom(Setting[str | None]):
    def unset(self, settings: Settings) -> None:
        if settings.mail_url:
            raise Misconfigured(self.name, "is required with IM_ACCESS_MAIL_URL")


class _NotifySecret(Setting[Secret | None]):
    def unset(self, settings: Settings) -> None:
        if settings.notify_url:
            raise Misconfigured(self.name, "is required with IM_ACCESS_NOTIFY_URL")

    def read(self, settings: Settings) -> Secret | None:
        secret = super().read(settings)
        if secret and key_of(secret.reveal()) in _keys_of_callers(settings):
            # Otherwise the receiver could sign commands, and a caller could sign notifications.
            raise Misconfigured(self.name, "is one of IM_ACCESS_WEBHOOK_SECRETS")
        return secret


def _keys_of_callers(settings: Settings) -> set[bytes]:
    """The keys of callers' secrets; none in a function without callers, which does not receive that setting."""
    if not settings.env.get("IM_ACCESS_WEBHOOK_SECRETS", "").strip():
        return set()
    return {key_of(row.secret.reveal()) for row in settings.webhook_secrets}


class Receiver(NamedTuple):
    """The receiver of notifications: its URL, and the secret that signs them."""

    url: str
    secret: Secret


class Settings:
    """The settings of one invocation, over its environment."""

    bucket = Setting(
        "IM_ACCESS_BUCKET",
        parse.bucket,
        "the COS bucket with its appid, `name-1250000000`; it must never have had versioning",
    )
    region = _Region("IM_ACCESS_REGION", parse.region, "the bucket's region")
    policies = _AllowList(
        "IM_ACCESS_POLICIES",
        _POLICY_NAMES,
        "allow-list: the policies that may be granted or revoked, preset and custom",
        default=DEFAULT_POLICIES,
    )
    allow_foreign_policies = _Maybe(
        "IM_ACCESS_ALLOW_FOREIGN_POLICIES",
        _POLICY_NAMES,
        "policies of the allow-list that may allow more than Instant Messaging, though never administration",
    )
    protected_users = _Maybe(
        "IM_ACCESS_PROTECTED_USERS",
        _USERS,
        "names or UINs of users that are never touched; an entry that can be neither is refused",
    )
    boundary_policy = Optional(
        "IM_ACCESS_BOUNDARY_POLICY",
        parse.policy_name,
        "the policy that becomes the permissions boundary of each new user; it must exist and allow no administration",
    )
    link_ttl = Setting(
        "IM_ACCESS_LINK_TTL",
        parse.number(1, 43200),
        "seconds that a credentials link lives, at most 43200",
        default="3600",
    )
    credential_lifetime = Setting(
        "IM_ACCESS_CREDENTIAL_LIFETIME",
        parse.number(1, 999_999_999),
        "seconds for which the function's own temporary credentials are trusted to live; caps links",
        default="7200",
    )
    delivery = Setting(
        "IM_ACCESS_DELIVERY",
        parse.one_of("link", "claim"),
        "`link`: links are presigned; `claim`: links lead to the credentials page",
        default="link",
    )
    claim_url = _Page(
        "IM_ACCESS_CLAIM_URL",
        parse.page,
        "the page's public address: the URL of `claim_credentials`, or one in front of it; https, except on loopback",
    )
    delete_after_days = Setting(
        "IM_ACCESS_DELETE_AFTER_DAYS",
        parse.number(0, 3650),
        "days after which an offboarded user is deleted, 0 to 3650, where the command says nothing",
        default="30",
    )
    keep_days = Setting(
        "IM_ACCESS_KEEP_DAYS",
        parse.number(400, 3650),
        "days after which an event is refused for its age, and what is known of its request may be deleted, "
        "400 to 3650",
        default="3650",
    )
    unclaimed_hours = Setting(
        "IM_ACCESS_UNCLAIMED_HOURS",
        parse.number(1, 8760),
        "hours after which credentials count as unclaimed, 1 to 8760",
        default="72",
    )
    sweep = Setting(
        "IM_ACCESS_SWEEP",
        parse.one_of("warn", "enforce"),
        "`warn`: unclaimed credentials, and what an offboarded user was given by hand, are told of; `enforce`: keys "
        "and console login are disabled, and what was given is taken away",
        default="warn",
    )
    sweep_limit = Setting(
        "IM_ACCESS_SWEEP_LIMIT",
        parse.number(1, 10000),
        "the most users whom a duty of the sweep closes or deletes in one run. Where more credentials are unclaimed, "
        "it warns of nobody and closes nobody, and says so; of ends and deletions the rest waits for the next runs. "
        "Other duties go on; 1 to 10000",
        default="10",
    )
    time_zone = Setting(
        "IM_ACCESS_TIME_ZONE",
        parse.time_zone,
        "in which a date of an HR system without a time is a whole day",
        default="Asia/Shanghai",
    )
    people_brake = Setting(
        "IM_ACCESS_PEOPLE_BRAKE",
        parse.number(1, 100_000),
        "the most people whom one import or one version of the rules may close or take policies from without being "
        "asked twice; 1 to 100000",
        default="20",
    )
    drift = Setting(
        "IM_ACCESS_DRIFT",
        parse.one_of("off", "warn"),
        "`warn`: the sweep compares the records with CAM once a day, and tells what differs where that is news",
        default="off",
    )
    http_auth = Setting(
        "IM_ACCESS_HTTP_AUTH",
        parse.one_of("signature", "platform"),
        "`signature`: callers sign as Standard Webhooks; `platform`: the trigger has authenticated the caller",
        default="signature",
    )
    webhook_secrets = _CallerSecrets(
        "IM_ACCESS_WEBHOOK_SECRETS",
        caller_secrets,
        "one or more `whsec_…` or `name=whsec_…`, separated by spaces; any may match, and "
        "several may have one name, for rotation; not all bytes equal",
    )
    notify_url = Optional(
        "IM_ACCESS_NOTIFY_URL", parse.public_url, "where finished commands are POSTed; https, except on loopback"
    )
    notify_secret = _NotifySecret(
        "IM_ACCESS_NOTIFY_SECRET",
        webhook_secret,
        "the `whsec_…` that signs notifications; none of the callers'",
    )
    heartbeat_url = Optional(
        "IM_ACCESS_HEARTBEAT_URL",
        parse.public_url,
        "an address that is called (GET) after each run of the sweep, so that a monitor notices when no call comes; "
        "https, except on loopback",
    )
    owner_uin = Optional("IM_ACCESS_OWNER_UIN", parse.uin, "the main account's UIN, for the login link")
    api_endpoint = Optional(
        "IM_ACCESS_API_ENDPOINT", parse.endpoint, "URL for CAM and STS, such as `http://127.0.0.1:8081`"
    )
    cos_endpoint = Optional(
        "IM_ACCESS_COS_ENDPOINT",
        parse.endpoint,
        "URL for the bucket, such as `http://127.0.0.1:8082`; the key is the path",
    )
    organisation = Optional(
        "IM_ACCESS_ORGANISATION", mail_settings.organisation, "whose the credentials page and the mail are: a name"
    )
    contact = Optional(
        "IM_ACCESS_CONTACT",
        mail_settings.contact,
        "whom people ask: a text, an `https://` address or a `mailto:` address",
    )
    mail_url = Optional(
        "IM_ACCESS_MAIL_URL",
        mail_settings.mail_server,
        "the mail server: `smtps://user:password@host:465`, or `smtp://…`, which means "
        "STARTTLS; plain on loopback alone",
    )
    mail_from = _MailFrom("IM_ACCESS_MAIL_FROM", mail_settings.mail_address, "the address that mail comes from")
    answer_link = Setting(
        "IM_ACCESS_ANSWER_LINK",
        parse.flag("yes", "no"),
        "`no`: the HTTP answer of a create has no link (`credentials` is null), so `IM_ACCESS_NOTIFY_URL` is required",
        default="yes",
    )
    bare_messages = Setting(
        "IM_ACCESS_BARE_MESSAGES",
        parse.flag("accept", "park"),
        "`accept`: a queue message may be a bare command; for a topic that feeds one function alone",
        default="park",
    )
    retry_hours = Setting(
        "IM_ACCESS_RETRY_HOURS",
        parse.number(1, 168),
        "hours for which a message that fails comes again, counted from its first attempt, "
        "before it is parked, 1 to 168",
        default="6",
    )
    scim_tokens = _Maybe(
        "IM_ACCESS_SCIM_TOKENS", parse_tokens, "hashes of the bearer tokens of SCIM clients, name=sha256:<hex>"
    )
    scim_policies = _Maybe("IM_ACCESS_SCIM_POLICIES", _POLICY_NAMES, "policies that every SCIM user gets")
    scim_groups = _Maybe(
        "IM_ACCESS_SCIM_GROUPS", parse.group_policies, "SCIM groups that stand for policies, Display name=Policy"
    )
    scim_brake = Setting(
        "IM_ACCESS_SCIM_BRAKE",
        parse.number(1, 10000),
        "members from whom one SCIM request may take a policy",
        default="20",
    )
    scim_url = Optional(
        "IM_ACCESS_SCIM_URL",
        parse.base_url,
        "SCIM's public address, such as `https://scim.example.com/scim/v2`, for the addresses in its answers and for "
        "`im-access doctor --probe`; without it, answers have the host and path of their request",
    )
    log_level = Setting(
        "IM_ACCESS_LOG_LEVEL",
        parse.level,
        "how much is logged: `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL`",
        default="INFO",
    )

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.parsed: dict[str, Any] = {}

    @classmethod
    def table(cls) -> dict[str, Setting[Any]]:  # of values of whatever type
        """Every setting by its attribute's name."""
        rows = {name: row for part in reversed(cls.mro()) for name, row in vars(part).items()}
        return {name: row for name, row in rows.items() if isinstance(row, Setting)}

    @property
    def receiver(self) -> Receiver | None:
        """The receiver of notifications, or None. Raises Misconfigured."""
        url, secret = self.notify_url, self.notify_secret
        return Receiver(url, secret) if url and secret else None

    @property
    def page(self) -> str | None:
        """The address of the credentials page, or None where links lead to the file itself. Raises Misconfigured."""
        return self.claim_url if self.delivery == "claim" else None

    @property
    def zone(self) -> tzinfo:
        """The time zone for dates without a time. Raises Misconfigured."""
        try:
            return parse.zone(self.time_zone)
        except ValueError as error:
            raise Misconfigured("IM_ACCESS_TIME_ZONE", str(error)) from None

    def check_scim(self) -> None:
        """Check that the policies for SCIM are on the allow-list; any other would fail for every member.

        Raises Misconfigured.
        """
        for setting, names in (
            ("IM_ACCESS_SCIM_POLICIES", self.scim_policies),
            ("IM_ACCESS_SCIM_GROUPS", tuple(policy for _, policy in self.scim_groups)),
        ):
            if set(names) - set(self.policies):
                raise Misconfigured(setting, "names a policy that is not in IM_ACCESS_POLICIES")

    def check(self, *, http: bool = True) -> Settings:
        """Parse all settings, and check those that depend on others. Raises Misconfigured.

        `http`: whether callers come over HTTP, so that their secrets are needed; a function that is called only by
        queues has none.
        """
        for name in self.table():
            if http or name != "webhook_secrets":
                getattr(self, name)
        if not self.answer_link and not self.notify_url:
            raise Misconfigured("IM_ACCESS_NOTIFY_URL", "is required with IM_ACCESS_ANSWER_LINK=no")
        return self
