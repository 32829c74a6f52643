"""Hostile input as hypothesis strategies: the committed inputs of a target, reworded, cut and mixed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hypothesis import strategies as st

LONG = 70_000
"""More bytes than a body may have."""

WORDS = (
    *('{"', '":', "}", "[", "]", ",", "null", "true", "-0", "1e999", "NaN", "9" * 400, "\\ud800", "\\u0000", "\ud800"),
    *("", " ", "0", "-1", "[]", "{}", "[1]", '[["alice"]]', '{"user":["root"]}', "[" * 2000, "alice" * 13, "a" * LONG),
    *('"user"', '"policies"', '"data"', '"data_base64"', '"time"', '"specversion"', '"1.0"', '"type"', '"remark"'),
    *("alice", "root", "ROOT", "../", "..%2f", "=cmd|' /C calc'!A0", "@SUM(1)", "\r\nSet-Cookie: a=b", "\n", "\\n"),
    *("\x1b[31m", "\u2028", "\ufeff", "QcloudIMReadOnlyAccess", "QcloudIMRead0nlyAccess", "QсloudAVCFullAccess"),
    *("AdministratorAccess", "imaccess.policy.grant", "imaccess.user.create", "connector:tdmq", "EventList", "Records"),
    *("Ckafka", "msgBody", "v1,", "v1a,", "v2,", "whsec_", "1790000000", "webhook-id", "Webhook-Id", "ce-type"),
    *("Content-Encoding", "gzip", '"effect"', '"allow"', '"deny"', '"action"', '"notAction"', '"im:*"', '"*"'),
    *('"name/cam:*"', "name/cam:*", "cos:*", "*", '"resource"'),
)
"""What parsers, checks and terminals trip over, and the words of this project's own events."""

WORD = re.compile(rb'(?<=")([^"\\]{0,200})(?=\\?")|(?<=:)([^",{}\[\]]{1,40})')
"""Between two quotes, also inside of text that is JSON itself; or a value after a colon."""

piece = st.one_of(
    st.sampled_from([word.encode("utf-8", "surrogatepass") for word in WORDS]),
    st.text(max_size=8).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=4),
)
"""What may stand in place of a part of an input: a word, any text, any bytes."""


def inputs(seeds: Sequence[bytes]) -> st.SearchStrategy[bytes]:
    """Seeds with other words, seeds cut and mixed, both, and what has nothing to do with seeds."""
    seed, other_words = st.sampled_from(seeds), st.one_of([reworded(one) for one in seeds])
    return st.one_of(other_words, spliced(seed, seed), spliced(other_words, seed), piece)


def reworded(seed: bytes) -> st.SearchStrategy[bytes]:
    """A seed with other words in it: what was JSON mostly remains JSON."""
    spans = [match.span() for match in WORD.finditer(seed)] or [(0, len(seed))]
    changes = st.lists(st.tuples(st.sampled_from(spans), piece), min_size=1, max_size=3)

    def changed(chosen: list[tuple[tuple[int, int], bytes]]) -> bytes:
        data = seed
        for (start, end), instead in sorted(dict(chosen).items(), reverse=True):
            data = data[:start] + instead + data[end:]
        return data

    return changes.map(changed)


def spliced(first: st.SearchStrategy[bytes], second: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """The head of one input, something hostile, and the tail of another: cut, repeated, flipped, mixed."""
    share = st.integers(0, 255)

    def cut(head: bytes, until: int, between: bytes, tail: bytes, since: int) -> bytes:
        return head[: len(head) * until // 255] + between + tail[len(tail) * since // 255 :]

    return st.builds(cut, first, share, piece, second, share)
