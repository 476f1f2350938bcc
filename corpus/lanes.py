"""Bytes in vectors: the few steps of which LLVM makes no vectors by itself. May import: numba, llvmlite.

Written in LLVM's vectors of fixed length, which it turns into what each processor has. Processors are little-endian
(numba has no wheels for others).
"""

from collections.abc import Callable
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


spaces: Callable[..., Any] = intrinsic(_spaces)
"""Return a bit (uint64) for each of the 64 bytes from data[at] on, the lowest first: whether it is a space."""
lowest: Callable[..., int] = intrinsic(_lowest)
"""Return the number of the lowest bit that is set in a uint64."""
lay_side_by_side: Callable[..., None] = intrinsic(_lay_side_by_side)
"""Write word k of the block at data[starts[j]], big-endian, to words[k * LANES + j], for each lane j.

Of block j those bits are kept that kept[rows[j]] has, and then those of added[rows[j]] set. One-dimensional arrays:
data, kept and added of bytes, starts and rows of int64, words of uint32. Nothing is checked: 64 bytes from
each start on have to be there.
"""
