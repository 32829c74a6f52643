"""The emulator of STS, Tencent Cloud's security token service, which tells who signed a call."""
