"""From the laws of a model to machine code: all of them and the loop, optimised as one, in one object file."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from numba.core import types
from numba.core.registry import cpu_target

from . import agenda, row_types
from .model import Model
from .rebuilding import check_one_way, compile_each, lean
from .row_types import StateType


def object_code(model: Model, *, bounds: bool = False) -> tuple[bytes, str]:
    """The machine code of the loop with all laws, and the name of its one function.

    Args:
        model: Whose laws they are.
        bounds: Refuse every row that a table does not have, as an IndexError.

    Raises:
        ModelError: If a law is outside the subset that compiles.
    """
    state = StateType(model)
    laws = compile_each(model.laws, state.annotated, bounds=bounds)
    dispatch: dict[str, Any] = dict(laws)
    exec(model.handle, dispatch)  # noqa: S102 - written from names of our own laws
    scope = {**vars(agenda), "wants": row_types.wants, "handle": lean(dispatch["handle"], bounds=bounds)}
    for law in agenda.OWN_LAWS:
        scope[law.__name__] = lean(FunctionType(law.__code__, scope, law.__name__), bounds=bounds)
    loop = lean(FunctionType(agenda.loop.__code__, scope, "loop"), bounds=bounds)
    loop.compile((state, types.float64))
    check_one_way(laws)
    (compiled,) = loop.overloads.values()
    return emit(compiled.library, compiled.fndesc.llvm_func_name)


def emit(library: Any, symbol: str) -> tuple[bytes, str]:
    """Optimise a law's library with all that it reaches, keep one function of it, and make machine code."""
    codegen = cpu_target.target_context.codegen()
    module = library._get_module_for_linking()
    for function in module.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name == symbol else "internal"
    passes, builder = codegen._module_pass_manager()
    passes.run(module, builder)
    module.verify()
    return codegen._tm.emit_object(module), symbol
