"""Near copies alone, of any texts, in memory: the `words` view without a corpus, pair scores or translations.

May import: numpy, corpus.characters, corpus.features, corpus.kernels, corpus.settings, corpus.sha1, corpus.text.

What tools for removing duplicates do, with an exact second look: MinHash band buckets propose two texts (Broder 1997;
the signatures are datasketch's), their true Jaccard similarity decides, and what is linked by such pairs is one
cluster. Shingles are compared by 32-bit hashes, so that a text of 400 words costs about 2 KB.
"""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

import numpy as np

from corpus import characters, kernels, sha1, text
from corpus.features import distinct, sort_each
from corpus.kernels import Array, jit, mix, root_of
from corpus.settings import Settings

PORTION = 100
"""Texts signed at once: their arrays stay in the processor's cache."""
MEMORY_BITS = 20
"""Of so many (as a power of two) pairs that were looked at in vain the last ones are remembered."""
STEPS = 32
"""After so many steps through two sets it is asked whether they may still be near enough; more are sorted by numpy."""


class Signed(NamedTuple):
    """A portion of texts: sorted distinct shingle hashes (uint32) end to end, their ends, and the band buckets."""

    hashes: Array
    ends: Array
    buckets: Array


def near_copies(texts: Iterable[str], threshold: float = 0.7, settings: Settings | None = None) -> Array:
    """Return a label for each text (int64): texts linked by pairs of at least this Jaccard similarity share one.

    The label is the number of the first text of the cluster; a text without words is alone. Texts may come from an
    iterator and are not kept. Pairs that share no band bucket are missed: with the default 32 bands of 4 rows one in
    6,000 at a similarity of 0.7, and one in 500 at 0.65.
    """
    settings = settings or Settings()
    portions = list(_signed(texts, settings))
    if not portions:
        return np.empty(0, np.int64)
    buckets = np.empty((settings.bands, sum(len(one.buckets) for one in portions)), np.int64)
    np.concatenate([one.buckets for one in portions], out=buckets.T)
    parent = np.arange(buckets.shape[1])
    met = np.zeros(len(parent), np.bool_)
    for of_band in buckets:
        _mark_met(of_band, np.argsort(of_band), met)
    hashes, ends = _kept(portions, met)
    memory = np.zeros(1 << MEMORY_BITS, np.uint64)
    for of_band in buckets:
        order = np.argsort(of_band)  # once more: all orders together would be as large as the buckets
        _join(of_band, order, hashes, ends, parent, memory, threshold, settings.hubs, settings.hub_members)
    return _roots(parent)


def _signed(texts: Iterable[str], settings: Settings) -> Iterator[Signed]:
    """Sign the texts in threads (the kernels run side by side), a bounded number under way."""
    threads, rest = os.cpu_count() or 1, iter(texts)
    under_way: deque[Future[Signed]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        while portion := list(islice(rest, PORTION)):
            under_way.append(pool.submit(_sign, portion, settings))
            if len(under_way) > 2 * threads:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


def _sign(bodies: list[str], settings: Settings) -> Signed:
    normal, normal_ends = characters.NORMAL.respell(*characters.code_points([text.nfkc(body) for body in bodies]))
    hashes, ends = sha1.shingle_hashes(normal, normal_ends, settings.shingle_words)
    a, b = kernels.permutations(settings.permutations, settings.seed)
    buckets = kernels.bucket_rows(hashes, ends, a, b, settings.bands)
    sort_each(hashes, ends)
    kept, kept_ends = distinct(hashes, ends)
    return Signed(kept.copy(), kept_ends, buckets)  # a copy, so that the longer array is let go


def _kept(portions: list[Signed], met: Array) -> tuple[Array, Array]:
    """Return the hashes of the texts that met another one in a bucket, end to end, and all texts' ends.

    The portions are emptied on the way: the hashes of all texts are most of the memory.
    """
    counts = np.where(met, np.concatenate([np.diff(one.ends) for one in portions]), 0)
    ends = np.concatenate([[0], np.cumsum(counts)])
    hashes = np.empty(ends[-1], np.uint32)
    first, portions[:] = 0, portions[::-1]
    while portions:
        one = portions.pop()
        last = first + len(one.ends) - 1
        _keep(one.hashes, one.ends, met[first:last], hashes[ends[first] : ends[last]])
        first = last
    return hashes, ends


@jit
def _keep(hashes: Array, ends: Array, met: Array, kept: Array) -> None:
    """Copy the hashes of the texts that were met, end to end."""
    at = 0
    for t in range(len(met)):
        if met[t]:
            more = hashes[ends[t] : ends[t + 1]]
            kept[at : at + len(more)] = more
            at += len(more)


@jit
def _mark_met(buckets: Array, order: Array, met: Array) -> None:
    """Mark the texts that are not alone in their bucket; the bucket 0 is that of texts without words."""
    for i in range(1, len(order)):
        x, y = order[i - 1], order[i]
        if buckets[x] == buckets[y] and buckets[x] != 0:
            met[x] = met[y] = True


@jit
def _join(
    buckets: Array,
    order: Array,
    hashes: Array,
    ends: Array,
    parent: Array,
    memory: Array,
    threshold: float,
    hubs: int,
    few: int,
) -> None:
    """Link the texts of each bucket of one band; in a bucket of more than `hubs` each meets the first few alone."""
    start = 0
    while start < len(order):
        stop = start + 1
        while stop < len(order) and buckets[order[stop]] == buckets[order[start]]:
            stop += 1
        if stop > start + 1 and buckets[order[start]] != 0:
            members = order[start:stop]
            _sort(members)
            for i in range(1, len(members)):
                for k in range(i if len(members) <= hubs else min(i, few)):
                    _link(members[k], members[i], hashes, ends, parent, memory, threshold)
        start = stop


@jit
def _sort(numbers: Array) -> None:
    """Sort in place: insertion for the few that most buckets have."""
    if len(numbers) > STEPS:
        numbers.sort()
        return
    for i in range(1, len(numbers)):
        one, k = numbers[i], i
        while k > 0 and numbers[k - 1] > one:
            numbers[k] = numbers[k - 1]
            k -= 1
        numbers[k] = one


@jit
def _link(x: int, y: int, hashes: Array, ends: Array, parent: Array, memory: Array, threshold: float) -> None:
    """Put two texts into one cluster if they are near copies and not in one already (union-find)."""
    root_x, root_y = root_of(parent, x), root_of(parent, y)
    if root_x == root_y:
        return
    pair = (np.uint64(x) << np.uint64(32)) | np.uint64(y)
    slot = mix(pair) >> np.uint64(64 - MEMORY_BITS)
    if memory[slot] == pair:
        return
    if jaccard(hashes[ends[x] : ends[x + 1]], hashes[ends[y] : ends[y + 1]], threshold) >= threshold:
        parent[max(root_x, root_y)] = min(root_x, root_y)
    else:
        memory[slot] = pair


@jit
def jaccard(a: Array, b: Array, threshold: float) -> float:
    """Return the Jaccard similarity of two sorted sets; 0 as soon as what is left of them rules the threshold out."""
    if min(len(a), len(b)) < threshold * max(len(a), len(b)):
        return 0.0
    if _equal(a, b):
        return 1.0
    i = k = shared = 0
    needed = threshold / (1 + threshold) * (len(a) + len(b)) - 1e-6
    while i < len(a) and k < len(b):
        if shared + min(len(a) - i, len(b) - k) < needed:
            return 0.0
        for _ in range(min(STEPS, len(a) - i, len(b) - k)):  # so many steps cannot leave either
            x, y = a[np.uint64(i)], b[np.uint64(k)]
            shared += x == y
            i += x <= y
            k += y <= x
    return shared / (len(a) + len(b) - shared)


@jit
def _equal(a: Array, b: Array) -> bool:
    """Say if two sets are one, in vectors; their least members tell nearly always that they are not."""
    if len(a) != len(b) or len(a) == 0 or a[0] != b[0]:
        return False
    different = np.uint32(0)
    for i in range(len(a)):
        different |= a[i] ^ b[i]
    return bool(different == 0)


@jit
def _roots(parent: Array) -> Array:
    for i in range(len(parent)):
        parent[i] = root_of(parent, i)
    return parent
