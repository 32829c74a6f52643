"""The embedded cloud: emulators of Tencent Cloud's CAM, STS and COS that real SDKs talk to over real HTTP."""
