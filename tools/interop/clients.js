// Tencent's SDKs for Node.js against the local cloud. The facts of its `GET /` come as JSON in FACTS, and the key of a
// delivered CSV as JSON in KEY. Prints one line a proof; anything unexpected ends it with exit code 1.
"use strict";

const assert = require("node:assert/strict");
const { CommonClient } = require("tencentcloud-sdk-nodejs-common");
const COS = require("cos-nodejs-sdk-v5");

const facts = JSON.parse(process.env.FACTS);
const key = JSON.parse(process.env.KEY);
const own = { secretId: facts.secret_id, secretKey: facts.secret_key };

function api(service, version, credential) {
  const endpoint = facts.api.replace("http://", "");
  const profile = { httpProfile: { protocol: "http://", endpoint } };
  const client = new CommonClient(endpoint, version, { credential, region: facts.region, profile });
  return (action, params) => client.request(action, params, { headers: { Host: endpoint } });
}

async function refused(promise, code) {
  const error = await promise.then(() => assert.fail(`no ${code}`), (found) => found);
  assert.equal(error.code, code);
}

async function camAndSts() {
  const cam = api("cam", "2019-01-16", own);
  const alice = await cam("GetUser", { Name: "alice" });
  assert.equal(alice.Name, "alice");
  const attached = await cam("ListAttachedUserPolicies", { TargetUin: alice.Uin, Page: 1, Rp: 200 });
  assert.deepEqual(attached.List.map((row) => row.PolicyName), ["QcloudIMReadOnlyAccess"]);
  await refused(cam("GetUser", { Name: "nobody" }), "ResourceNotFound.UserNotExist");
  console.log("Node SDK: CAM shows alice and her policy, and the error code for nobody");

  const said = await api("sts", "2018-08-13", key)("GetCallerIdentity", {});
  assert.deepEqual([said.Type, Number(said.UserId)], ["CAMUser", Number(alice.Uin)]);
  const wrong = api("sts", "2018-08-13", { ...key, secretKey: key.secretKey + "x" });
  await refused(wrong("GetCallerIdentity", {}), "AuthFailure.SignatureFailure");
  console.log("Node SDK: STS knows alice by the key of her CSV, and refuses a wrong one");
}

async function cos() {
  const client = new COS({
    SecretId: own.secretId,
    SecretKey: own.secretKey,
    Protocol: "http:",
    Domain: facts.cos.replace("http://", ""),
    AutoSwitchHost: false,
  });
  const place = { Bucket: facts.bucket, Region: facts.region };
  const object = { ...place, Key: "interop/hello.txt" };
  await client.putObject({ ...object, Body: "hello" });
  assert.equal((await client.getObject(object)).Body.toString(), "hello");
  const forbid = { Headers: { "x-cos-forbid-overwrite": "true" } };
  await refused(client.putObject({ ...object, ...forbid, Body: "again" }), "FileAlreadyExists");
  const listed = await client.getBucket({ ...place, Prefix: "interop/" });
  assert.deepEqual(listed.Contents.map((row) => row.Key), [object.Key]);
  console.log("COS SDK for Node: put, get, list, and create-if-absent refuses to overwrite");

  const link = client.getObjectUrl({ ...object, Sign: true, Expires: 60 });
  assert.equal(await (await fetch(link)).text(), "hello");
  assert.equal((await fetch(link.replace("hello.txt", "other.txt"))).status, 403);
  await client.deleteObject(object);
  await refused(client.getObject(object), "NoSuchKey");
  console.log("COS SDK for Node: its signed link works for its object alone");
}

camAndSts().then(cos).catch((error) => {
  console.error("Node:", error);
  process.exit(1);
});
