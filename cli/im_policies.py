"""Policies for one application of Instant Messaging: what each role may do there.

The actions and resources come from https://cloud.tencent.com/document/product/598/69962 (CAM's table for IM) and
https://cloud.tencent.com/document/product/269/47105. No call of the live service has confirmed them yet.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal, get_args

Role = Literal["reader", "operator", "owner"]
ROLES: tuple[str, ...] = get_args(Role)

WITHOUT_APPLICATION = ("CheckIfIMNewUser", "CheckIMAgentUsed", "DescribeBizTypes")
"""Actions of operation level that the console needs: a resource other than `*` denies them."""
SENSITIVE = ("UpdateSecret", "DescribePushSecret", "RemoveUser", "UpdatePostPayPackage")
"""Actions on keys, deletion of accounts and billing, which only an owner gets."""
READING = (
    "DescribeAppStatList", "DescribeSdkAppInfo", "DescribeTrtcAppAndAccountInfo", "DescribeAppAndAccountInfo",
    "DescribeAccountList", "DescribeAppidGroupList", "DescribeCallBack",
)  # fmt: skip
"""Actions that read, listed by name, as names are no dependable sign: `DescribePushSecret` reads a secret."""

Document = dict[str, Any]


def document(owner_uin: str, sdk_app_id: int, role: Role) -> Document:
    """The policy of a role for one application of an account."""
    resource = [f"qcs::im::uin/{owner_uin}:sdkappid/{sdk_app_id}"]
    actions = READING if role == "reader" else ("*",)
    statements = [
        {"effect": "allow", "action": [f"name/im:{name}" for name in actions], "resource": resource},
        {"effect": "allow", "action": [f"name/im:{name}" for name in WITHOUT_APPLICATION], "resource": ["*"]},
    ]
    if role != "owner":
        # A deny overrides every allow, those of other policies included.
        denied = [f"name/im:{name}" for name in SENSITIVE]
        statements.append({"effect": "deny", "action": denied, "resource": resource})
    return {"version": "2.0", "statement": statements}


def name(sdk_app_id: int, role: Role, content: Document) -> str:
    """A name that follows from the content, so that everybody who has the role shares one policy."""
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:8]
    return f"im-{sdk_app_id}-{role}-{digest}"


def text(content: Document) -> str:
    """The document as text for CreatePolicy, of at most 6144 characters."""
    return json.dumps(content, separators=(",", ":"))
