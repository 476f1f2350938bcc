"""Compiled kernels: hashing, MinHash, features of a text, evidence of a pair. Arrays in, arrays out, no Python objects.

May import: numpy and numba. Everything is compiled once and cached beside the package.

Texts come as UTF-8 bytes laid end to end: text t is data[ends[t]:ends[t + 1]], words separated by single spaces.
"""

from typing import Any, TypeVar

import numba
import numpy as np

F = TypeVar("F")


def jit(function: F) -> F:
    """Compile with numba and cache the machine code on disk."""
    compiled: F = numba.njit(cache=True, nogil=True)(function)
    return compiled


Array = np.ndarray[Any, Any]
NO_SHINGLE = np.uint32(0xFFFFFFFF)
BIN_BITS = 18
BINS = 1 << BIN_BITS
"""Rarity is learned for hashed features: this many bins a language and feature class."""


@jit
def _rotate(x: Any, n: Any) -> Any:
    return np.uint32((x << np.uint32(n)) | (x >> np.uint32(32 - n)))


@jit
def sha1_32(data: Array, start: int, stop: int) -> Any:
    """Return the first four bytes of the SHA-1 of data[start:stop] as a little-endian uint32 (FIPS 180-4).

    Equal to datasketch's sha1_hash32, which is MinHash's default hash function.
    """
    h0, h1, h2, h3, h4 = (
        np.uint32(0x67452301),
        np.uint32(0xEFCDAB89),
        np.uint32(0x98BADCFE),
        np.uint32(0x10325476),
        np.uint32(0xC3D2E1F0),
    )
    length = stop - start
    blocks = (length + 8) // 64 + 1
    w = np.empty(80, np.uint32)
    for block in range(blocks):
        for i in range(16):
            word = np.uint32(0)
            for k in range(4):
                at = block * 64 + i * 4 + k
                byte = np.uint32(0)
                if at < length:
                    byte = np.uint32(data[start + at])
                elif at == length:
                    byte = np.uint32(0x80)
                word = np.uint32((word << np.uint32(8)) | byte)
            w[i] = word
        if block == blocks - 1:
            w[15] = np.uint32(length * 8)
        for i in range(16, 80):
            w[i] = _rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1)
        a, b, c, d, e = h0, h1, h2, h3, h4
        for i in range(80):
            if i < 20:
                f = np.uint32((b & c) | (~b & d))
                k1 = np.uint32(0x5A827999)
            elif i < 40:
                f = np.uint32(b ^ c ^ d)
                k1 = np.uint32(0x6ED9EBA1)
            elif i < 60:
                f = np.uint32((b & c) | (b & d) | (c & d))
                k1 = np.uint32(0x8F1BBCDC)
            else:
                f = np.uint32(b ^ c ^ d)
                k1 = np.uint32(0xCA62C1D6)
            t = np.uint32(_rotate(a, 5) + f + e + k1 + w[i])
            e, d, c, b, a = d, c, _rotate(b, 30), a, t
        h0, h1, h2, h3, h4 = (
            np.uint32(h0 + a),
            np.uint32(h1 + b),
            np.uint32(h2 + c),
            np.uint32(h3 + d),
            np.uint32(h4 + e),
        )
    return np.uint32(
        ((h0 & np.uint32(0xFF)) << np.uint32(24))
        | ((h0 & np.uint32(0xFF00)) << np.uint32(8))
        | ((h0 >> np.uint32(8)) & np.uint32(0xFF00))
        | (h0 >> np.uint32(24))
    )


@jit
def word_starts(data: Array, start: int, stop: int) -> Array:
    """Return where each word of data[start:stop] begins, and past the last one stop + 1."""
    count = 1 if stop > start else 0
    for i in range(start, stop):
        if data[i] == 32:
            count += 1
    starts = np.empty(count + 1, np.int64)
    starts[0] = start
    k = 1
    for i in range(start, stop):
        if data[i] == 32:
            starts[k] = i + 1
            k += 1
    starts[count] = stop + 1
    return starts


@jit
def shingle_hashes(data: Array, start: int, stop: int, size: int) -> Array:
    """Return sha1_32 of each run of `size` words, repeats included; one hash where the text has fewer words."""
    starts = word_starts(data, start, stop)
    words = len(starts) - 1
    if words == 0:
        return np.empty(0, np.uint32)
    count = max(1, words - size + 1)
    hashes = np.empty(count, np.uint32)
    for i in range(count):
        hashes[i] = sha1_32(data, starts[i], starts[min(words, i + size)] - 1)
    return hashes


@jit
def minhash(hashes: Array, a: Array, b: Array) -> Array:
    """Return the MinHash values (uint32) of a set of 32-bit hashes: min over (a * fmix32(h) + b) mod 2^32.

    Source: Broder 1997; the permutations are datasketch 2.0's scheme "affine32", bit for bit.
    """
    values = np.full(len(a), NO_SHINGLE, np.uint32)
    for h in hashes:
        x = np.uint32(h)
        x = np.uint32(x ^ (x >> np.uint32(16)))
        x = np.uint32(x * np.uint32(0x85EBCA6B))
        x = np.uint32(x ^ (x >> np.uint32(13)))
        x = np.uint32(x * np.uint32(0xC2B2AE35))
        x = np.uint32(x ^ (x >> np.uint32(16)))
        for p in range(len(a)):
            v = np.uint32(a[p] * x + b[p])
            if v < values[p]:
                values[p] = v
    return values


@jit
def mix(x: Any) -> Any:
    """Return a well-mixed 64-bit value (the finaliser of SplitMix64, Steele et al. 2014)."""
    x = np.uint64(x)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@jit
def band_buckets(values: Array, bands: int) -> Array:
    """Return one 64-bit bucket a band (int64): equal where all of the band's MinHash values are."""
    rows = len(values) // bands
    buckets = np.empty(bands, np.int64)
    for band in range(bands):
        h = np.uint64(band + 1)
        for r in range(rows):
            h = mix(h ^ np.uint64(values[band * rows + r])) + np.uint64(0x9E3779B97F4A7C15)
        buckets[band] = np.int64(mix(h))
    return buckets


@jit
def sign_texts(data: Array, ends: Array, size: int, a: Array, b: Array, bands: int) -> Array:
    """Return the band buckets of every text: int64, one row a text. A text without words gets a row of zeros."""
    out = np.zeros((len(ends) - 1, bands), np.int64)
    for t in range(len(ends) - 1):
        hashes = shingle_hashes(data, ends[t], ends[t + 1], size)
        if len(hashes):
            out[t] = band_buckets(minhash(hashes, a, b), bands)
    return out
