"""COS, Tencent Cloud's object storage: one bucket."""
