"""STS, Tencent Cloud's security token service: who am I."""
