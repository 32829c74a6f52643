"""A small mutation engine: seeds, a dictionary, and changes to them; the same inputs for the same seed, anywhere."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence

TOKENS = tuple(
    one.encode("utf-8", "surrogatepass")
    for one in (
        *(
            '{"',
            '":',
            "}",
            "[",
            "]",
            ",",
            "null",
            "true",
            "-0",
            "1e999",
            "NaN",
            "9" * 400,
            "\\ud800",
            "\\u0000",
            "\ud800",
        ),
        *('"user"', '"policies"', '"data"', '"data_base64"', '"time"', '"specversion"', '"1.0"', '"type"', '"remark"'),
        *(
            "alice",
            "root",
            "../",
            "..%2f",
            "=cmd|' /C calc'!A0",
            "@SUM(1)",
            "\r\nSet-Cookie: a=b",
            "\x1b[31m",
            "\u2028",
        ),
        *("QcloudIMReadOnlyAccess", "QcloudIMRead0nlyAccess", "QсloudAVCFullAccess", "AdministratorAccess", "\ufeff"),
        *(
            "imaccess.policy.grant",
            "imaccess.user.create",
            "connector:tdmq",
            "EventList",
            "Records",
            "Ckafka",
            "msgBody",
        ),
        *(
            "v1,",
            "v1a,",
            "v2,",
            "whsec_",
            "1790000000",
            "webhook-id",
            "Webhook-Id",
            "ce-type",
            "Content-Encoding",
            "gzip",
        ),
        *('"effect"', '"allow"', '"deny"', '"action"', '"notAction"', '"im:*"', '"*"', '"name/cam:*"', '"resource"'),
    )
)

_WORDS = re.compile(rb'"([^"\\]{0,200})"|:([^",{}\[\]]{1,40})')


def mutants(seeds: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """The seeds, then changed ones, `count` in all; a change may build on a change."""
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    pool = list(seeds) or [b"{}"]
    for number in range(count):
        if number < len(seeds):
            yield seeds[number]
            continue
        data = dice.choice(seeds if seeds and dice.random() < 0.6 else pool)
        for _ in range(dice.choice((1, 1, 2, 4))):
            data = _changed(data, dice, pool)
        data = data[: 1 << 17]
        if len(pool) < 400:
            pool.append(data)
        else:
            pool[dice.randrange(len(seeds), len(pool))] = data
        yield data


def _changed(data: bytes, dice: random.Random, pool: Sequence[bytes]) -> bytes:
    at, to = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
    kind = dice.randrange(14)
    if kind > 7:
        return _reworded(data, dice)
    if kind == 0 and data:
        flipped = bytearray(data)
        flipped[min(at, len(data) - 1)] ^= 1 << dice.randrange(8)
        return bytes(flipped)
    if kind == 1:
        return data[:at] + dice.randbytes(dice.randrange(1, 5)) + data[at:]
    if kind == 2:
        return data[:at] + data[to:]
    if kind == 3:
        return data[:to] + data[at:to] * dice.choice((1, 2, 30)) + data[to:]
    if kind == 4:
        return data[:at] + dice.choice(pool)[-200:]
    return data[:at] + dice.choice(TOKENS) + data[at if kind < 7 else to :]


def _reworded(data: bytes, dice: random.Random) -> bytes:
    """Another word between two quotes, or another value after a colon: what remains is still JSON."""
    spans = [match.span(match.lastindex or 1) for match in _WORDS.finditer(data)]
    if not spans:
        return data
    start, end = dice.choice(spans)
    return data[:start] + dice.choice((*TOKENS, data[start:end] * 2, data[start : end - 1])).strip(b'"') + data[end:]
