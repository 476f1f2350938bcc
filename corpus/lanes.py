"""Bytes in vectors: the few steps of which LLVM makes no good vectors by itself. May import: numba, llvmlite.

Written in LLVM's vectors of fixed length, which it turns into what each processor has. Processors are little-endian
(numba has no wheels for others).
"""

from collections.abc import Callable
from functools import reduce
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

BLOCK = 64
"""Bytes in a block, and in a vector."""
WORDS = 16
"""Words of four bytes in a block, and blocks that are turned at once."""
LANES = 2 * WORDS
"""So many blocks lie side by side."""
SHA1_CONSTANTS = 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6
_LONG, _WORD, _BYTE = ir.IntType(64), ir.IntType(32), ir.IntType(8)
_VECTOR, _BYTES = ir.VectorType(_WORD, WORDS), ir.VectorType(_BYTE, BLOCK)


def _constant(kind: ir.Type, numbers: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(kind, len(numbers)), numbers)


_SPACES = _constant(_BYTE, [ord(" ")] * BLOCK)
_BIG_ENDIAN = _constant(_WORD, [4 * (i // 4) + 3 - i % 4 for i in range(BLOCK)])
_LOW, _HIGH = (_constant(_WORD, [k for i in half for k in (i, i + WORDS)]) for half in (range(8), range(8, 16)))


def _bytes_at(builder: ir.IRBuilder, array: Any, place: ir.Value) -> ir.Value:
    there = builder.bitcast(builder.gep(array.data, [place]), _BYTES.as_pointer())
    return builder.load(there, align=1)


def _spaces(_: Any, data: Any, at: Any) -> tuple[Any, Any]:
    """Return the signature and the builder of `spaces`, as numba asks for them."""

    def build(target: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        array = target.make_array(signature.args[0])(target, builder, given[0])
        alike = builder.icmp_unsigned("==", _bytes_at(builder, array, given[1]), _SPACES)
        return builder.bitcast(alike, _LONG)

    return types.uint64(data, at), build


def _lowest(_: Any, bits: Any) -> tuple[Any, Any]:
    """Return the signature and the builder of `lowest`, as numba asks for them."""

    def build(target: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        return builder.cttz(given[0], ir.IntType(1)(0))

    return types.int64(bits), build


def _copy_block(_: Any, data: Any, at: Any, out: Any, to: Any) -> tuple[Any, Any]:
    """Return the signature and the builder of `copy_block`, as numba asks for them."""

    def build(target: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        data_, out_ = (target.make_array(signature.args[n])(target, builder, given[n]) for n in (0, 2))
        there = builder.bitcast(builder.gep(out_.data, [given[3]]), _BYTES.as_pointer())
        builder.store(_bytes_at(builder, data_, given[1]), there, align=1)
        return target.get_dummy_value()

    return types.void(data, at, out, to), build


def _turned(builder: ir.IRBuilder, vectors: list[ir.Value]) -> list[ir.Value]:
    """Turn rows into columns by four perfect shuffles (Stone 1971): each moves one bit of a word's row number."""
    for _ in range(4):
        pairs = zip(vectors[: WORDS // 2], vectors[WORDS // 2 :], strict=True)
        vectors = [builder.shuffle_vector(x, y, half) for x, y in pairs for half in (_LOW, _HIGH)]
    return vectors


def _lay_side_by_side(_: Any, data: Any, starts: Any, rows: Any, kept: Any, added: Any, words: Any) -> tuple[Any, Any]:
    """Return the signature and the builder of `lay_side_by_side`, as numba asks for them."""

    def build(target: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        known = zip(signature.args, given, strict=True)
        data_, starts_, rows_, kept_, added_, words_ = (
            target.make_array(kind)(target, builder, x) for kind, x in known
        )

        def block(j: int) -> ir.Value:
            start, row = (builder.load(builder.gep(array.data, [_LONG(j)])) for array in (starts_, rows_))
            masked = builder.and_(_bytes_at(builder, data_, start), _bytes_at(builder, kept_, row))
            whole = builder.or_(masked, _bytes_at(builder, added_, row))
            return builder.bitcast(builder.shuffle_vector(whole, whole, _BIG_ENDIAN), _VECTOR)

        for first in range(0, LANES, WORDS):
            turned = _turned(builder, [block(first + j) for j in range(WORDS)])
            for k, vector in enumerate(turned):
                there = builder.gep(words_.data, [_LONG(k * LANES + first)])
                builder.store(vector, builder.bitcast(there, _VECTOR.as_pointer()), align=4)
        return target.get_dummy_value()

    return types.void(data, starts, rows, kept, added, words), build


Vectors = list[ir.Value]


def _rotated(builder: ir.IRBuilder, x: ir.Value, by: int) -> ir.Value:
    left, right = (_constant(_WORD, [n] * x.type.count) for n in (by, 32 - by))
    return builder.or_(builder.shl(x, left), builder.lshr(x, right))


def _sum(builder: ir.IRBuilder, *terms: ir.Value) -> ir.Value:
    return reduce(builder.add, terms)


def _exclusive(builder: ir.IRBuilder, *terms: ir.Value) -> ir.Value:
    return reduce(builder.xor, terms)


def _mixed(builder: ir.IRBuilder, of_round: int, b: ir.Value, c: ir.Value, d: ir.Value) -> ir.Value:
    """Return the function of this round (FIPS 180-4, 4.1.1): choose, parity, majority, parity."""
    if of_round < 20:
        return builder.xor(d, builder.and_(b, builder.xor(c, d)))
    if 40 <= of_round < 60:
        return builder.or_(builder.and_(b, c), builder.and_(d, builder.or_(b, c)))
    return _exclusive(builder, b, c, d)


def _round(builder: ir.IRBuilder, of_round: int, state: Vectors, schedule: Vectors) -> Vectors:
    """Return the five variables after a round (6.1.2); the schedule's word is taken, or worked out and added."""
    if of_round >= WORDS:
        schedule.append(_rotated(builder, _exclusive(builder, *(schedule[of_round - n] for n in (3, 8, 14, 16))), 1))
    a, b, c, d, e = state
    constant = _constant(_WORD, [SHA1_CONSTANTS[of_round // 20]] * a.type.count)
    early = _sum(builder, e, constant, schedule[of_round], _mixed(builder, of_round, b, c, d))
    return [builder.add(early, _rotated(builder, a, 5)), a, _rotated(builder, b, 30), c, d]


def _side_by_side(features: str) -> tuple[int, int]:
    """Return how many lanes a vector has and how many vectors go through the rounds together.

    A round waits for the one before it: two vectors take up what one leaves idle, where there are registers for both.
    """
    return (WORDS, 2) if "+avx512f" in features else (WORDS // 2, 1)


def _compress(_: Any, words: Any, state: Any, live: Any) -> tuple[Any, Any]:
    """Return the signature and the builder of `compress`, as numba asks for them."""

    def build(target: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        words_, state_, live_ = (
            target.make_array(kind)(target, builder, x) for kind, x in zip(signature.args, given, strict=True)
        )
        width, together = _side_by_side(target.codegen().magic_tuple()[2])
        pointer = ir.VectorType(_WORD, width).as_pointer()

        def there(array: Any, row: int, lane: int) -> ir.Value:
            return builder.bitcast(builder.gep(array.data, [_LONG(row * LANES + lane)]), pointer)

        def rows(array: Any, count: int, lane: int) -> Vectors:
            return [builder.load(there(array, row, lane), align=4) for row in range(count)]

        for first in range(0, LANES, width * together):
            lanes = range(first, first + width * together, width)
            begun, schedules = [rows(state_, 5, lane) for lane in lanes], [rows(words_, WORDS, lane) for lane in lanes]
            ended = begun
            for of_round in range(80):
                ended = [_round(builder, of_round, *each) for each in zip(ended, schedules, strict=True)]
            for lane, before, after in zip(lanes, begun, ended, strict=True):
                (mask,) = rows(live_, 1, lane)
                for row, (x, y) in enumerate(zip(before, after, strict=True)):
                    builder.store(builder.add(x, builder.and_(y, mask)), there(state_, row, lane), align=4)
        return target.get_dummy_value()

    return types.void(words, state, live), build


spaces: Callable[..., Any] = intrinsic(_spaces)
"""Return a bit (uint64) for each of the 64 bytes from data[at] on, the lowest first: whether it is a space."""
lowest: Callable[..., int] = intrinsic(_lowest)
"""Return the number of the lowest bit that is set in a uint64."""
copy_block: Callable[..., None] = intrinsic(_copy_block)
"""Copy the 64 bytes from data[at] on to out[to] and on. Nothing is checked."""
lay_side_by_side: Callable[..., None] = intrinsic(_lay_side_by_side)
"""Write word k of the block at data[starts[j]], big-endian, to words[k * LANES + j], for each lane j.

Of block j those bits are kept that kept[rows[j]] has, and then those of added[rows[j]] set. One-dimensional arrays:
data, kept and added of bytes, starts and rows of int64, words of uint32. Nothing is checked: 64 bytes from
each start on have to be there.
"""
compress: Callable[..., None] = intrinsic(_compress)
"""Put a block of each lane through SHA-1's 80 rounds and, where live is all ones, add the outcome to the lane's state.

One-dimensional arrays of uint32: word k of lane j is words[k * LANES + j], as `lay_side_by_side` leaves it; variable v
of its state is state[v * LANES + j]; live has a number for each lane. Nothing is checked.
"""
