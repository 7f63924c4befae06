"""How laws reach LLVM: each is only lowered, and all of them are optimised once, with the loop that calls them.

Left to itself numba optimises every function together with all that it calls, and makes machine code of it,
before the next is compiled: with some four hundred laws that is most of the time, and nobody ever calls a law
alone. Here a law's module is kept as it was lowered; who calls from Python links the modules of all laws that
it reaches, once each.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding
from numba._dynfunc import make_function
from numba.core import cgutils
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, _LowerResult
from numba.core.compiler_machinery import LoweringPass, PassManager, register_pass
from numba.core.funcdesc import PythonFunctionDescriptor
from numba.core.lowering import Lower
from numba.core.typed_passes import (
    AnnotateTypes,
    IRLegalization,
    NoPythonBackend,
    NopythonTypeInference,
    PreLowerStripPhis,
)
from numba.core.untyped_passes import (
    FixupArgs,
    GenericRewrites,
    IRProcessing,
    ReconstructSSA,
    TranslateByteCode,
)


class LawLibrary(JITCodeLibrary):
    """The module of one law: lowered, and neither optimised nor made machine code of."""

    _shared_module: Any

    def add_ir_module(self, ir_module: Any) -> None:
        """Keep a module as it is."""
        module = binding.parse_assembly(cgutils.normalize_ir_text(str(ir_module)))
        module.name = ir_module.name
        self._final_module.link_in(module)

    def finalize(self) -> None:
        """Nothing more will be added."""
        self._finalized = True

    def all_reached(self) -> list[LawLibrary]:
        """This library and those of all laws that it calls, directly or not, once each."""
        found: dict[int, LawLibrary] = {}
        waiting = [self]
        while waiting:
            library = waiting.pop()
            if id(library) not in found:
                found[id(library)] = library
                waiting.extend(library._linking_libraries)
        return list(found.values())

    def _get_module_for_linking(self) -> Any:
        """All laws that this one reaches, in one module."""
        if self._shared_module is None:
            whole = self._final_module.clone()
            for library in self.all_reached():
                if library is not self:
                    whole.link_in(library._final_module, preserve=True)
            for function in whole.functions:
                if not function.is_declaration and function.linkage == binding.Linkage.external:
                    function.linkage = "linkonce_odr"
            self._shared_module = whole
        return self._shared_module


@register_pass(mutates_CFG=True, analysis_only=False)
class LawLowering(LoweringPass):
    """Lower a law into a library of its own, without a way to call it from Python."""

    _name = "law_lowering"

    def __init__(self) -> None:
        super().__init__()

    def run_pass(self, state: Any) -> bool:
        """Lower one law."""
        target, flags = state.targetctx, state.flags
        library = state.library = LawLibrary(target.codegen(), state.func_id.func_qualname)
        described = PythonFunctionDescriptor.from_specialized_function(
            state.func_ir,
            state.typemap,
            state.return_type,
            state.calltypes,
            mangler=target.mangler,
            inline=flags.forceinline,
            noalias=flags.noalias,
            abi_tags=[flags.get_mangle_string()],
        )
        with target.push_code_library(library):
            lower = Lower(target, library, described, state.func_ir, metadata=state.metadata)
            lower.lower()
        # What stands where numba keeps the function to call from Python: its address is none, nobody calls it.
        name = described.qualname.rpartition(".")[2]
        entry = make_function(described.lookup_module(), name, "", 0, lower.env, (library,))
        target.insert_user_function(entry, described, [library])
        state["cr"] = _LowerResult(described, lower.call_helper, cfunc=entry, env=lower.env)
        return True


class LawCompiler(CompilerBase):
    """The passes that the subset of laws needs: no closures, no contexts, no parallel loops."""

    def define_pipelines(self) -> list[PassManager]:
        """The one pipeline."""
        passes = PassManager("law")
        passes.add_pass(TranslateByteCode, "analyse bytecode")
        passes.add_pass(FixupArgs, "fix up arguments")
        passes.add_pass(IRProcessing, "process the intermediate form")
        passes.add_pass(GenericRewrites, "rewrite")
        passes.add_pass(ReconstructSSA, "single assignment")
        passes.add_pass(NopythonTypeInference, "infer types")
        passes.add_pass(PreLowerStripPhis, "remove phi nodes")
        passes.add_pass(IRLegalization, "make it legal")
        passes.add_pass(AnnotateTypes, "annotate types")
        passes.add_pass(LawLowering, "lower")
        passes.add_pass(NoPythonBackend, "finish")
        passes.finalize()
        return [passes]
