"""Tencent's own clients, unchanged, against the cloud."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tencentcloud.cam.v20190116 import models
from tencentcloud.cam.v20190116.cam_client import CamClient
from tencentcloud.common.credential import Credential
from tencentcloud.sts.v20180813.models import GetCallerIdentityRequest
from tencentcloud.sts.v20180813.sts_client import StsClient

from local.cloud import LocalCloud
from tests.unit.local.helpers import STRONG, profile, refused, signer

# tccli's example plugin wants the products of the full SDK, hundreds of megabytes: run it without plugins.
TCCLI = "import sys, tccli.plugin; tccli.plugin._imported = True; from tccli.main import main; sys.exit(main())"


def test_typed_cam_client(cloud: LocalCloud) -> None:
    """The generated client creates a user, attaches a policy and reads both back."""
    client = CamClient(signer(cloud.role_credentials()), "", profile(cloud))
    add = models.AddUserRequest()
    add.Name, add.ConsoleLogin, add.UseApi, add.Password = "alice", 1, 1, STRONG
    user = client.AddUser(add)
    policies = models.ListPoliciesRequest()
    policies.Scope, policies.Keyword = "QCS", "QcloudIMReadOnlyAccess"
    found = {one.PolicyName: one.PolicyId for one in client.ListPolicies(policies).List}
    attach = models.AttachUserPolicyRequest()
    attach.AttachUin, attach.PolicyId = user.Uin, found["QcloudIMReadOnlyAccess"]
    client.AttachUserPolicy(attach)
    attached = models.ListAttachedUserPoliciesRequest()
    attached.TargetUin = user.Uin
    assert [one.PolicyName for one in client.ListAttachedUserPolicies(attached).List] == ["QcloudIMReadOnlyAccess"]
    assert cloud.cam.login(cloud.owner_uin, "alice", STRONG)
    with refused("InvalidParameter.SubUserNameInUse"):
        client.AddUser(add)


def test_typed_sts_client(cloud: LocalCloud) -> None:
    """The generated STS client learns the owner's number from a sub-user's key."""
    client = CamClient(signer(cloud.root), "", profile(cloud))
    add = models.AddUserRequest()
    add.Name, add.UseApi = "alice", 1
    user = client.AddUser(add)
    sts = StsClient(Credential(user.SecretId, user.SecretKey), cloud.region, profile(cloud))
    assert sts.GetCallerIdentity(GetCallerIdentityRequest()).AccountId == cloud.owner_uin


def tccli(cloud: LocalCloud, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line client with the environment's credentials."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TENCENTCLOUD_SECRET_ID": cloud.root.secret_id,
        "TENCENTCLOUD_SECRET_KEY": cloud.root.secret_key,
        "TENCENTCLOUD_REGION": cloud.region,
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-c", TCCLI, *arguments, "--endpoint", cloud.api_url]
    return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, timeout=60, check=False)


def test_tccli(cloud: LocalCloud, tmp_path: Path) -> None:
    """The command line client creates a user, and fails with the code when it exists already."""
    done = tccli(cloud, tmp_path, "cam", "AddUser", "--Name", "alice", "--Remark", "by hand")
    assert json.loads(done.stdout)["Name"] == "alice", done.stderr
    assert cloud.cam.users["alice"].remark == "by hand"
    failed = tccli(cloud, tmp_path, "cam", "AddUser", "--Name", "alice")
    assert failed.returncode != 0
    assert "InvalidParameter.SubUserNameInUse" in failed.stderr + failed.stdout
