"""Options of the emulator: behaviour that the documentation leaves open, or that may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Options:
    """One cloud among those that are possible; as it stands, it says no more than it must.

    `types` says where policies have a Type; `lag` for how many further calls of CAM its reads do not show a write,
    though never for more than 5 seconds; `page` how many keys a listing has at most; `descriptions` whether
    ListAccessKeys tells those of keys; `others` how many policies there are beside those of interest.
    """

    protocol: Literal["HTTP/1.0", "HTTP/1.1"] = "HTTP/1.1"
    etag_on_put: bool = True
    etag_on_get: bool = True
    date: bool = True
    last_modified: bool = True
    namespace: bool = False
    page: int = 1000
    body_404: bool = True
    body_409: bool = True
    gone: Literal[204, 404] = 204
    no_versioning: Literal["empty", "forbidden", "unknown"] = "empty"
    types: Literal["everywhere", "in lists", "by id", "nowhere"] = "everywhere"
    get_policy: bool = True
    keyword: bool = True
    others: int = 0
    uin_as_text: bool = False
    echo: bool = False
    caller: Literal["AccountId", "everything"] = "AccountId"
    nobody: Literal["ResourceNotFound.UserNotExist", "InvalidParameter.UserNotExist"] = "ResourceNotFound.UserNotExist"
    empty_nobody: bool = False
    reattach: Literal["", "FailedOperation.AlreadyAttached"] = ""
    detach_nothing: Literal["", "ResourceNotFound.PolicyIdNotFound"] = ""
    descriptions: Literal["always", "if any", "never"] = "always"
    lag: int = 0
