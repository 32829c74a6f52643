"""Foreign clients of Tencent Cloud and Kafka: Tencent's SDKs for Node.js, kcat, Tencent's command line."""

import csv
import io
import json
import shutil
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from local.stack import LocalStack
from tools.interop.command import Failed, run

NODE_PACKAGES = ("tencentcloud-sdk-nodejs-common@4.1.220", "cos-nodejs-sdk-v5@3.0.0")
# tccli unchanged, except that its sample plugin needs the SDK of a product that is not installed here.
TCCLI = """
import sys, types
for name in ("tencentcloud.cvm", "tencentcloud.cvm.v20170312"):
    sys.modules[name] = module = types.ModuleType(name)
    module.cvm_client = module.models = None
from tccli.main import main
sys.exit(main())
"""


def alice(stack: LocalStack) -> tuple[str, str]:
    """Create alice over HTTP, and return the SecretId and SecretKey of her credentials file. Raises Failed."""
    reply = stack.post("/create_user", {"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}, "interop")
    if reply.status != 201:
        raise Failed(f"create_user answered {reply.status}: {reply.body.decode()}")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(reply.json()["credentials"]["url"], timeout=10) as file:
        row = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))[1]
    return row[3], row[4]


def node(stack: LocalStack, key: tuple[str, str]) -> None:
    """Run Tencent's SDKs for Node.js, installed in a temporary folder outside of the repository."""
    with tempfile.TemporaryDirectory(prefix="im-access-interop-") as folder:
        quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run(["npm", "install", "--prefix", folder, *quiet, *NODE_PACKAGES])
        shutil.copy(Path(__file__).with_name("clients.js"), folder)
        facts, pair = json.dumps(stack.info()), json.dumps({"secretId": key[0], "secretKey": key[1]})
        sys.stdout.write(run(["node", f"{folder}/clients.js"], FACTS=facts, KEY=pair))


def kcat(stack: LocalStack, _key: tuple[str, str]) -> None:
    """Send a create through the topic, and wait until the function has applied it."""
    facts = stack.info()
    data = {"user": "bob", "policies": ["QcloudIMReadOnlyAccess"]}
    event = {"specversion": "1.0", "type": "imaccess.user.create", "source": "/kcat", "id": "bob-joins", "data": data}
    run(["kcat", "-P", "-b", facts["kafka"], "-t", facts["topic"], "-k", "bob"], give=json.dumps(event) + "\n")
    deadline = time.monotonic() + 20
    while stack.cloud.cam.attached("bob") != data["policies"]:
        if time.monotonic() > deadline:
            raise Failed("the message of kcat was not applied within 20 seconds")
        time.sleep(0.05)
    print("kcat: its message created bob, with his policy")


def tccli(stack: LocalStack, key: tuple[str, str]) -> None:
    """Run Tencent's command line with the delivered key, and with the main account's."""

    def ask(service: str, action: str, secret_id: str, secret_key: str) -> Any:  # noqa: ANN401 - JSON
        where = ["--endpoint", stack.cloud.api_url, "--region", stack.cloud.region]
        keys = ["--secretId", secret_id, "--secretKey", secret_key]
        return json.loads(run([sys.executable, "-c", TCCLI, service, action, *where, *keys]))

    caller = ask("sts", "GetCallerIdentity", *key)
    users = ask("cam", "ListUsers", stack.cloud.root.secret_id, stack.cloud.root.secret_key)["Data"]
    if caller["UserId"] not in [str(user["Uin"]) for user in users if user["Name"] == "alice"]:
        raise Failed(f"tccli gets another identity than alice's: {caller}")
    print("tccli: STS knows alice by the key of her CSV, CAM lists her")
