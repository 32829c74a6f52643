"""CAM's records. They are immutable: a change makes a new record, so that earlier states stay readable."""

from dataclasses import dataclass, field

from local.accounts import Credentials


@dataclass(frozen=True)
class User:
    """A sub-user. ``password`` is what the console accepts; empty if it never had one."""

    uin: int
    uid: int
    name: str
    created_at: float
    remark: str = ""
    console_login: bool = False
    password: str = field(default="", repr=False)
    need_reset_password: bool = False
    phone: str = ""
    country_code: str = ""
    email: str = ""


@dataclass(frozen=True)
class AccessKey:
    """An API key of a sub-user or of the main account; ``status`` is ``Active`` or ``Inactive``."""

    access_key_id: str
    secret_key: str = field(repr=False)
    uin: int
    created_at: float
    status: str = "Active"
    description: str = ""

    def credentials(self) -> Credentials:
        """The key as credentials, with which requests are signed."""
        return Credentials(self.access_key_id, self.secret_key)


@dataclass(frozen=True)
class Policy:
    """A policy. ``document`` is its JSON text, ``preset`` tells Tencent's from the account's own."""

    policy_id: int
    name: str
    document: str = field(repr=False)
    description: str = ""
    preset: bool = False
    service: str = ""
    created_at: float = 1_500_000_000.0
    updated_at: float = 1_500_000_000.0


@dataclass(frozen=True)
class Role:
    """A role. ``trust`` is the JSON text that says who may assume it; ``policy_ids`` are the attached policies."""

    role_id: str
    name: str
    trust: str
    created_at: float
    policy_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Attachment:
    """A policy attached to a sub-user directly; ``operator`` is the uin of who did it."""

    uin: int
    policy_id: int
    attached_at: float
    operator: str
    operator_is_role: bool = False


@dataclass(frozen=True)
class Group:
    """A user group."""

    group_id: int
    name: str
    created_at: float
    remark: str = ""


@dataclass(frozen=True)
class Membership:
    """A sub-user in a group."""

    group_id: int
    uin: int
    joined_at: float


@dataclass(frozen=True)
class GroupAttachment:
    """A policy attached to a group; ``operator`` is the uin of who did it."""

    group_id: int
    policy_id: int
    attached_at: float
    operator: str
    operator_is_role: bool = False


@dataclass(frozen=True)
class Login:
    """A sub-user's last login to the console."""

    at: float
    ip: str
