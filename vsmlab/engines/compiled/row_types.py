"""What numba must know of the state: it is the address of a block, a table is a place in it, a row is a record.

Laws get the block's address as one pointer, so that a call costs what a call in C costs.
"""

from __future__ import annotations

import operator
from typing import Any, Final

from llvmlite import ir
from numba import from_dtype, types
from numba.core import cgutils
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_getattr,
    infer_global,
    signature,
)
from numba.extending import (
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
)

from .layout import BASE, LENGTH, MARGIN, WANTED, WORD
from .model import Model

WORDS: Final = ir.IntType(64)


class TableType(types.Type):
    """One table of a state.

    Args:
        model: Whose table it is: numba takes types of one name for one type.
        table: Its name.
        row: The type of its rows.
        place: Where in the block its words begin.
    """

    def __init__(self, model: str, table: str, row: types.Record, place: int) -> None:
        super().__init__(name=f"Table({model}.{table} at {place})")
        self.table, self.row, self.place = table, row, place


class StateType(types.Type):
    """The block of all tables of a model.

    Args:
        model: Whose tables they are.
    """

    def __init__(self, model: Model) -> None:
        super().__init__(name=f"State({model.name})")
        layout = model.layout
        self.tables = {
            name: TableType(model.name, name, from_dtype(record), layout.places[name])
            for name, record in layout.records.items()
        }
        self.annotated: dict[str, types.Type] = {
            **{row_class.__name__: self.tables[name].row for name, row_class in layout.rows.items()},
            "State": self,
            "Tables": self,
            "int": types.int64,
            "float": types.float64,
            "bool": types.boolean,
        }
        """The type that a law's annotation stands for."""


register_model(StateType)(models.OpaqueModel)
register_model(TableType)(models.OpaqueModel)


@infer_getattr
class _StateAttributes(AttributeTemplate):
    key = StateType

    def generic_resolve(self, state: StateType, name: str) -> types.Type | None:
        return state.tables.get(name)


@lower_getattr_generic(StateType)
def _table_of(context: Any, builder: Any, state: Any, value: Any, name: str) -> Any:
    """A table is the address of its two words."""
    return builder.gep(value, [ir.Constant(WORDS, WORD * state.tables[name].place)], inbounds=True)


@infer_global(operator.getitem)
class _RowOfTable(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        if len(args) == 2 and isinstance(args[0], TableType) and isinstance(args[1], types.Integer):
            return signature(args[0].row, args[0], types.int64)
        return None


def _word(builder: Any, table: Any, which: int) -> Any:
    words = builder.bitcast(table, WORDS.as_pointer())
    return builder.load(builder.gep(words, [ir.Constant(WORDS, which)], inbounds=True))


def _row_at(context: Any, builder: Any, table: TableType, value: Any, row: Any) -> Any:
    base = _word(builder, value, BASE)
    offset = builder.mul(row, ir.Constant(WORDS, table.row.size))
    return builder.inttoptr(builder.add(base, offset), context.get_value_type(table.row))


@lower_builtin(operator.getitem, TableType, types.int64)
def _get_row(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    table, row = args
    if context.enable_boundscheck:
        outside = builder.icmp_unsigned(">=", row, _word(builder, table, LENGTH))
        with builder.if_then(outside, likely=False):
            context.call_conv.return_user_exc(builder, IndexError, (f"no such row of {sig.args[0].table}",))
    return _row_at(context, builder, sig.args[0], table, row)


@intrinsic
def wants(typing: Any, state: Any) -> Any:
    """Whether a table wants to grow."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _word(builder, args[0], WANTED)

    return types.int64(state), codegen


@intrinsic
def keep_room(typing: Any, table: Any, row: Any) -> Any:
    """Say in the header that a table wants to grow when this row is near its end, and fail beyond it."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        value, wanted = args
        length = _word(builder, value, LENGTH)
        margin = _word(builder, value, MARGIN - table.place)
        near = builder.icmp_signed(">=", builder.add(wanted, margin), length)
        with builder.if_then(near, likely=False):
            words = builder.bitcast(value, WORDS.as_pointer())
            flag = builder.gep(words, [ir.Constant(WORDS, WANTED - table.place)], inbounds=True)
            builder.store(ir.Constant(WORDS, 1), flag)
            outside = builder.icmp_unsigned(">=", wanted, length)
            with builder.if_then(outside, likely=False):
                context.call_conv.return_user_exc(builder, IndexError, (f"{table.table} is full",))
        return context.get_dummy_value()

    return types.void(table, types.int64), codegen


@intrinsic
def copy_bytes(typing: Any, table: Any, to: Any, source: Any) -> Any:
    """Copy all bytes of one row of a table to another."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        rows = [_row_at(context, builder, table, args[0], row) for row in args[1:]]
        cgutils.raw_memcpy(builder, rows[0], rows[1], ir.Constant(WORDS, table.row.size), 1)
        return context.get_dummy_value()

    return types.void(table, types.int64, types.int64), codegen
