"""The emulator of CAM, Tencent Cloud's access management: sub-users, policies, keys."""
