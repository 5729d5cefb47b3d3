"""One C function for each unit: parameters, variables of the call, body, results."""

from sortyard.plc import ir
from sortyard.plc.c.calls import scalar_text
from sortyard.plc.c.code import Lines, Sites
from sortyard.plc.c.effects import is_alone, is_small
from sortyard.plc.c.names import scalar, unit_of
from sortyard.plc.c.places import Unit, is_pointer
from sortyard.plc.c.statements import Statements
from sortyard.plc.initial import Template
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, StringType


class UnitWriter(Statements):
    """Writes the function of one unit, or of a task where there is none.

    `templates` holds the first content of variables of one call.
    """

    def __init__(
        self,
        unit: Unit,
        sites: Sites,
        templates: dict[Pou, Template],
        exposed: set[Variable] | None,
        counted: bool,
    ) -> None:
        super().__init__(unit, sites)
        self.counted = counted
        self.templates = templates
        self.exposed = exposed

    def initial_value(self, pou: Pou, variable: Variable) -> bytes:
        template = self.templates[pou]
        data = template.frame if variable.storage == "frame" else template.work
        return data[variable.offset : variable.offset + variable.type.size]

    def function(self) -> Lines:
        """The whole function of the unit."""
        pou = self.unit.pou
        assert pou is not None
        parameters, arrivals, results = ["PLC_UNUSED struct plc *plc"], [], []
        if pou.block is not None:
            qualifier = "restrict " if is_alone(pou) else ""
            parameters.append(f"{self.unit.structs.struct(pou.block)} *{qualifier}self")
        for variable in pou.variables.values():
            if variable.by_reference:
                parameters += self._reference_parameters(variable)
            elif variable.storage in ("work", "frame"):
                arrivals += self._local_variable(variable)
                if variable.section == "VAR_INPUT":
                    arrivals += self._input(variable, parameters)
        for variable in [*pou.parameters("VAR_OUTPUT"), *([pou.result] if pou.result else [])]:
            if variable.storage in ("work", "frame"):
                results += self._result(variable, parameters)
        with self.aside() as lines:
            self.body(pou.body or [])
        if self.may_fault:
            self.unit.faulting.add(self.function_name(pou))
        if self.returns:
            lines.append("plc_leave:;")
        head = f"static {self._attributes(pou)}void {self.function_name(pou)}({', '.join(parameters)})"
        return [f"/* {pou.kind} {pou.name} */", head, "{", [*arrivals, *lines, *results], "}", ""]

    def _attributes(self, pou: Pou) -> str:
        if is_small(pou):
            return "PLC_INLINED "
        # one function for both ways, where they are equal, would have two callers, and be no part of either
        return "" if self.counted else "PLC_APART "

    def _reference_parameters(self, variable: Variable) -> list[str]:
        name, type_ = self.local_names[variable], variable.type
        if isinstance(type_, ArrayType) and type_.is_open:
            element = self.unit.structs.pointer(type_.element, f"const {name}")
            return [element, f"const int32_t *plc_bounds_{name}"]
        return [self.unit.structs.pointer(type_, f"const {name}")]

    def _address(self, variable: Variable) -> str:
        name = self.local_names[variable]
        return name if is_pointer(variable) else f"&{name}"

    def _lvalue(self, variable: Variable) -> str:
        name = self.local_names[variable]
        return f"(*{name})" if is_pointer(variable) else name

    def _local_variable(self, variable: Variable) -> Lines:
        """A variable of one call with its first value: of C's own, or in the unit's frame of the image."""
        pou = self.unit.pou
        assert pou is not None
        name, type_ = self.local_names[variable], variable.type
        structs, data = self.unit.structs, self.initial_value(pou, variable)
        if is_pointer(variable):
            start = f"plc->work + {pou.work_offset}"
            if variable.storage == "frame":
                start = f"(uint8_t *)plc + {pou.frame_offset}"
            cast = f"({structs.pointer(type_, '')})({start} + {variable.offset})"
            declared = f"{structs.pointer(type_, f'const {name}')} = {cast};"
        elif scalar(type_) is not None:
            return [f"{structs.declare(type_, name)} = {scalar_text(type_, data)};"]
        else:
            declared = f"{structs.declare(type_, name)};"
        at = self._address(variable)
        if any(data):
            return [declared, f"memcpy({at}, {self.bytes_constant(data)}, {type_.size});"]
        return [declared, f"memset({at}, 0, {type_.size});"]

    def _input(self, variable: Variable, parameters: list[str]) -> Lines:
        """An argument, copied into the variable."""
        name, type_, structs = self.local_names[variable], variable.type, self.unit.structs
        given = f"plc_from_{name}"
        if isinstance(type_, StringType):
            width, unit = (16 if type_.is_wide else 8), unit_of(type_)
            parameters += [f"const {unit} *{given}", f"int32_t plc_length_{name}"]
            return [
                f"plc_store{width}({self._lvalue(variable)}, {type_.length + 1}, {given}, plc_length_{name});"
            ]
        if scalar(type_) is None:
            parameters.append(f"const void *{given}")
            return [f"memcpy({self._address(variable)}, {given}, {type_.size});"]
        parameters.append(structs.declare(type_, given))
        if scalar(type_) in ("float", "double"):
            given = f"plc_real{32 if scalar(type_) == 'float' else 64}({given})"
        return [f"{self._lvalue(variable)} = {given};"]

    def _result(self, variable: Variable, parameters: list[str]) -> Lines:
        """An output of a function, or its value, given to the caller at the end."""
        to = f"plc_to_{self.local_names[variable]}"
        parameters.append(self.unit.structs.pointer(variable.type, to))
        if scalar(variable.type) is not None:
            return [f"*{to} = {self._lvalue(variable)};"]
        return [f"memcpy({to}, {self._address(variable)}, {variable.type.size});"]

    def entry(self, calls: list[ir.Call], name: str) -> Lines:
        """The function of a task: the calls of its programs with the arguments of their declarations."""
        with self.aside() as lines:
            for call in calls:
                self.expr(call)
        return [f"static __attribute__((noinline)) void {name}(struct plc *plc)", "{", lines, "}", ""]
