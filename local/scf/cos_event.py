"""The event of a stored object, as a COS trigger sends it (https://cloud.tencent.com/document/product/583/31927)."""

from typing import Any

from local.accounts import Accounts
from local.cos.models import StoredObject

REGIONS = {"ap-guangzhou": "gz"}
"""Regions as COS events call them."""
SIGNATURE = "q-sign-algorithm=sha1&q-ak=AKIDofwhoeverstoredit&q-signature=0000000000000000000000000000000000000000"


def event(stored: StoredObject, accounts: Accounts, request_id: int = 0) -> dict[str, Any]:
    """The event of a stored object. As on the platform it contains the PUT's Authorization header, so never log it."""
    bucket = accounts.bucket.removesuffix(f"-{accounts.appid}")
    host = f"{accounts.bucket}.cos.{accounts.region}.myqcloud.com"
    return {
        "Records": [
            {
                "cos": {
                    "cosSchemaVersion": "1.0",
                    "cosObject": {
                        "url": f"http://{host}/{stored.key}",
                        "meta": {},
                        "vid": "",
                        "key": f"/{accounts.appid}/{bucket}/{stored.key}",
                        "size": len(stored.body),
                    },
                    "cosBucket": {
                        "region": REGIONS.get(accounts.region, accounts.region),
                        "name": bucket,
                        "appid": accounts.appid,
                    },
                    "cosNotificationId": "unkown",
                },
                "event": {
                    "eventName": "cos:ObjectCreated:*",
                    "eventVersion": "1.0",
                    "eventTime": int(stored.last_modified),
                    "eventSource": "qcs::cos",
                    "requestParameters": {
                        "requestSourceIP": "127.0.0.1",
                        "requestHeaders": {"Authorization": SIGNATURE},
                    },
                    "reqid": request_id,
                },
            }
        ]
    }
