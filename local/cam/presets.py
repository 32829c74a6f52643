"""Tencent's preset policies. The list is as long as the real one and has names that are as easily confused.

The names of IM's two, and the ids of AdministratorAccess, QCloudResourceFullAccess, QCloudFinanceFullAccess,
ReadOnlyAccess and QcloudAVCFullAccess are documented; all other ids and most documents are made up.
"""

import json
from collections.abc import Iterator
from functools import lru_cache

from local.cam.records import Policy

PRODUCTS = (
    "CVM CBM CLB VPC CDB CMongoDB Redis TcaplusDB CKafka CMQ TDMQ SCF APIGW TKE TCR TSF COS CFS CBS CAS CDN ECDN "
    "DNSPod SSL Domain Live VOD TRTC TIA IMS TMS AMS FaceID OCR ASR TTS TMT NLP BDA IAI TIIA FMU CIS SES SMS CCN VPN "
    "DC NAT PrivateDNS GAAP Anycast EIP Bandwidth Monitor CLS CloudAudit Config Tag Organization KMS SSM CWP CFW WAF "
    "DDoS CDS SSA BH MariaDB DCDB TDSQL CynosDB PostgreSQL SQLServer VectorDB ES EMR Oceanus WeData DLC TBDS DTS "
    "DBbrain DBAudit TI TIONE TIEMS HunYuan LKE IoTHub IoTExplorer IoTVideo Lighthouse AS CPM BM BatchCompute THPC GPU "
    "EdgeOne EO ECM CCS TEM TAT AutoScaling CODING CloudStudio TCB WeDa APM RUM PTS CAT TCM TSE Prometheus Grafana "
    "Blockchain TBaaS IVLD MPS CI GME CSS StreamLive StreamPackage CME Advisor Billing Ticket MSP CloudDiskX "
    "SmartConference YouMall Captcha RCE AntiFraud CTEM IDaaS CIAM ASW EB TDCPG KeeWiDB CTSDB GTM DSGC DSPM "
    "CSIP ICR MRS VRS HAI"
)
LEVELS = ("FullAccess", "ReadOnlyAccess", "InnerFullAccess")
OTHERS: tuple[tuple[str, int, tuple[str, ...], str], ...] = (
    ("QcloudAVCFullAccess", 524252, ("im:*", "avc:*"), "IM"),
    ("QcloudIMReadOnlyAccess", 524253, ("im:Describe*", "im:Get*", "im:List*"), "IM"),
    ("QcloudAVCFullAccessForSSO", 524254, ("sso:*",), "SSO"),
    ("QcloudIMReadOnlyAccessInTag", 524255, ("tag:Describe*",), "Tag"),
    ("QcloudAccessForIMReadOnlyAccessRole", 524256, ("sts:AssumeRole",), "IM"),
    ("QcloudTRTCReadonlyAccess", 524257, ("trtc:Describe*",), "TRTC"),
    ("QcloudCamFullAccess", 219188, ("cam:*",), "CAM"),
    ("QcloudCamReadOnlyAccess", 419082, ("cam:Get*", "cam:List*", "cam:Describe*"), "CAM"),
    ("QcloudCamSubaccountsAuthorizeRoleFullAccess", 1_217_104, ("cam:PassRole",), "CAM"),
    ("QcloudCollApiKeyManageAccess", 2_411_089, ("cam:CreateAccessKey", "cam:DeleteAccessKey"), "CAM"),
    ("AdministratorAccess", 1, ("*",), "Account"),
    ("QCloudResourceFullAccess", 2, ("*",), "Account"),
    ("QCloudFinanceFullAccess", 3, ("finance:*",), "Finance"),
    ("ReadOnlyAccess", 400411, ("*:Describe*", "*:Get*", "*:List*", "*:Head*", "*:Check*", "*:Query*"), "Account"),
)


def document(actions: tuple[str, ...]) -> str:
    """A policy document that allows the actions on everything."""
    named = [one if one.startswith("*") else f"name/{one}" for one in actions]
    statement = {"effect": "allow", "action": named, "resource": ["*"]}
    return json.dumps({"version": "2.0", "statement": [statement]}, separators=(",", ":"))


def resource_full_access() -> str:
    """Everything but access management and finance."""
    allow = {"effect": "allow", "action": ["*"], "resource": ["*"]}
    deny = {"effect": "deny", "action": ["name/cam:*", "name/finance:*"], "resource": ["*"]}
    return json.dumps({"version": "2.0", "statement": [allow, deny]}, separators=(",", ":"))


@lru_cache(maxsize=1)
def presets() -> dict[int, Policy]:
    """All preset policies by id; made once, since every cloud has the same."""
    return {policy.policy_id: policy for policy in (*general(), *per_product())}


def general() -> Iterator[Policy]:
    """The policies of Instant Messaging and of the account, and others with similar names."""
    for name, policy_id, rights, service in OTHERS:
        text = resource_full_access() if policy_id == 2 else document(rights)
        yield Policy(policy_id, name, text, f"{service}: {name}", preset=True, service=service)


def per_product() -> Iterator[Policy]:
    """Three policies for each product; TRTC's read-only one is spelled in its own way, so it is not repeated."""
    policy_id = 600_000
    for product in dict.fromkeys(PRODUCTS.split()):
        for level in LEVELS:
            policy_id += 7
            name = f"Qcloud{product}{level}"
            prefix = product.lower()
            actions = (f"{prefix}:Describe*", f"{prefix}:Get*") if level == "ReadOnlyAccess" else (f"{prefix}:*",)
            if name != "QcloudTRTCReadOnlyAccess":
                yield Policy(policy_id, name, document(actions), f"{product}: {level}", preset=True, service=product)
