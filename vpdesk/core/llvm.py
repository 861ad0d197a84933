"""Machine instructions that Numba has no name for.

Each is one LLVM operation, so it inlines into a kernel as an instruction or two.
"""

from typing import Any, Final

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.extending import intrinsic


@intrinsic
def leading_zeros(typing_context: Any, word: Any) -> Any:
    """Count the zero bits above the highest set bit of an int64; 64 for 0."""
    del typing_context, word

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.ctlz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), build


@intrinsic
def trailing_zeros(typing_context: Any, word: Any) -> Any:
    """Count the zero bits below the lowest set bit of an int64; 64 for 0."""
    del typing_context, word

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), build


@intrinsic
def float_from_bits(typing_context: Any, bits: Any) -> Any:
    """Read the bits of an int64 as a float64."""
    del typing_context, bits

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), build


@intrinsic
def bits_from_float(typing_context: Any, number: Any) -> Any:
    """Read the bits of a float64 as an int64."""
    del typing_context, number

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        del context, signature
        return builder.bitcast(args[0], ir.IntType(64))

    return types.int64(types.float64), build


CACHE_LINE: Final = 64


def _fetch(builder: Any, address: Any) -> None:
    """Have one cache line fetched for writing, into every level of the data cache."""
    byte_pointer, i32 = ir.IntType(8).as_pointer(), ir.IntType(32)
    function_type = ir.FunctionType(ir.VoidType(), [byte_pointer, i32, i32, i32])
    function = builder.module.declare_intrinsic("llvm.prefetch", [byte_pointer], function_type)
    builder.call(function, [builder.inttoptr(address, byte_pointer), i32(1), i32(3), i32(1)])


@intrinsic
def prefetch(typing_context: Any, array: Any, row: Any) -> Any:
    """Ask the cache for the start of ``array[row]``; never faults, changes nothing."""
    del typing_context, row

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        base, stride = _rows(context, builder, signature.args[0], args[0])
        _fetch(builder, builder.add(base, builder.mul(stride, args[1])))
        return context.get_dummy_value()

    return types.void(array, types.int64), build


@intrinsic
def prefetch_row(typing_context: Any, array: Any, row: Any) -> Any:
    """Ask the cache for the whole of ``array[row]``; never faults, changes nothing."""
    del typing_context, row

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        base, stride = _rows(context, builder, signature.args[0], args[0])
        start = builder.add(base, builder.mul(stride, args[1]))
        line = ir.Constant(stride.type, CACHE_LINE)
        with cgutils.for_range(builder, builder.sdiv(stride, line)) as loop:
            _fetch(builder, builder.add(start, builder.mul(loop.index, line)))
        return context.get_dummy_value()

    return types.void(array, types.int64), build


def _rows(context: Any, builder: Any, kind: Any, array: Any) -> tuple[Any, Any]:
    """Address of an array's first row, and bytes from row to row."""
    struct = context.make_array(kind)(context, builder, array)
    return builder.ptrtoint(struct.data, ir.IntType(64)), builder.extract_value(struct.strides, 0)


@intrinsic
def copy_row(typing_context: Any, array: Any, target: Any, source: Any) -> Any:
    """Copy ``array[source]`` to ``array[target]``, two different rows of a C-contiguous array."""
    del typing_context, target, source

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        base, stride = _rows(context, builder, signature.args[0], args[0])
        byte_pointer = ir.IntType(8).as_pointer()
        pointers = [
            builder.inttoptr(builder.add(base, builder.mul(stride, row)), byte_pointer) for row in args[1:]
        ]
        i64, i1 = ir.IntType(64), ir.IntType(1)
        function = builder.module.declare_intrinsic("llvm.memcpy", [byte_pointer, byte_pointer, i64])
        builder.call(function, [*pointers, stride, i1(0)])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), build


LANES: Final = 8


@intrinsic
def dot_in_lanes(typing_context: Any, a: Any, i: Any, b: Any, j: Any, n_blocks: Any) -> Any:
    """Sum a[i + t] b[j + t] over n_blocks x LANES contiguous float64; i and j count from the arrays' start.

    Each lane is added up by itself and the lanes then pairwise, in a fixed order, so the bits do not
    depend on how wide the machine's vectors are.
    """
    del typing_context, i, j, n_blocks

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector = ir.VectorType(ir.DoubleType(), LANES)
        starts = [
            builder.gep(context.make_array(kind)(context, builder, array).data, [index])
            for kind, array, index in (
                (signature.args[0], args[0], args[1]),
                (signature.args[2], args[2], args[3]),
            )
        ]
        total = cgutils.alloca_once_value(builder, ir.Constant(vector, [0.0] * LANES))
        with cgutils.for_range(builder, args[4]) as loop:
            offset = builder.mul(loop.index, ir.Constant(loop.index.type, LANES))
            parts = [
                builder.load(builder.bitcast(builder.gep(start, [offset]), vector.as_pointer()), align=8)
                for start in starts
            ]
            builder.store(builder.fadd(builder.load(total), builder.fmul(*parts)), total)
        sums = builder.load(total)
        lanes = [builder.extract_element(sums, ir.IntType(32)(lane)) for lane in range(LANES)]
        while len(lanes) > 1:
            half = len(lanes) // 2
            lanes = [builder.fadd(lanes[lane], lanes[lane + half]) for lane in range(half)]
        return lanes[0]

    return types.float64(a, types.int64, b, types.int64, types.int64), build
