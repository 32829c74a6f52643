"""The emulator of COS, Tencent Cloud's object storage, with one bucket."""
