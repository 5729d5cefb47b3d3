"""One C function for each unit: parameters, variables of the call, body, results."""

from sortyard.plc import ir
from sortyard.plc.c.code import Lines, Sites
from sortyard.plc.c.names import scalar, unit_of
from sortyard.plc.c.places import Unit
from sortyard.plc.c.statements import Statements
from sortyard.plc.c.calls import scalar_text
from sortyard.plc.symbols import Pou, Variable
from sortyard.plc.types import ArrayType, StringType


class UnitWriter(Statements):
    """Writes the function of one unit. `templates` holds the first content of variables of one call."""

    def __init__(
        self, unit: Unit, sites: Sites, templates: dict[Pou, bytes], exposed: set[Variable] | None
    ) -> None:
        super().__init__(unit, sites)
        self.templates = templates
        self.exposed = exposed

    def initial_value(self, pou: Pou, variable: Variable) -> bytes:
        return self.templates[pou][variable.offset : variable.offset + variable.type.size]

    def function(self) -> Lines:
        """The whole function of the unit."""
        pou = self.unit.pou
        assert pou is not None
        parameters, arrivals, results = ["struct plc *plc"], [], []
        if pou.type is not None:
            parameters.append(f"{self.unit.structs.struct(pou.type)} *self")
        for variable in pou.variables.values():
            if variable.by_reference:
                parameters += self._reference_parameters(variable)
            elif variable.storage != "work":
                continue
            elif variable.section == "VAR_INPUT":
                self._input(variable, parameters, arrivals)
            else:
                arrivals += self._local_variable(variable)
        for variable in [*pou.parameters("VAR_OUTPUT"), *([pou.result] if pou.result else [])]:
            if variable.storage == "work":
                self._result(variable, parameters, results)
        with self.aside() as lines:
            self.body(pou.body or [])
        if self.returns:
            lines.append("plc_leave:;")
        head = f"static void {self.function_name(pou)}({', '.join(parameters)})"
        return [f"/* {pou.kind} {pou.name} */", head, "{", [*arrivals, *lines, *results], "}", ""]

    def _reference_parameters(self, variable: Variable) -> list[str]:
        name, type_ = self.local_names[variable], variable.type
        if isinstance(type_, ArrayType) and type_.is_open:
            element = self.unit.structs.pointer(type_.element, f"const {name}")
            return [element, f"const int32_t *plc_bounds_{name}"]
        return [self.unit.structs.pointer(type_, f"const {name}")]

    def _input(self, variable: Variable, parameters: list[str], arrivals: Lines) -> None:
        """A copy of an argument."""
        name, type_ = self.local_names[variable], variable.type
        declared = self.unit.structs.declare(type_, name)
        if isinstance(type_, StringType):
            width, unit = (16 if type_.is_wide else 8), unit_of(type_)
            parameters += [f"const {unit} *plc_from_{name}", f"int32_t plc_length_{name}"]
            store = f"plc_store{width}({name}, {type_.length + 1}, plc_from_{name}, plc_length_{name});"
            arrivals += [f"{declared};", store]
        elif scalar(type_) is None:
            parameters.append(f"const void *plc_from_{name}")
            arrivals += [f"{declared};", f"memcpy(&{name}, plc_from_{name}, {type_.size});"]
        elif scalar(type_) in ("float", "double"):
            parameters.append(declared)
            arrivals.append(f"{name} = plc_real{32 if scalar(type_) == 'float' else 64}({name});")
        else:
            parameters.append(declared)

    def _local_variable(self, variable: Variable) -> Lines:
        """A variable of one call with its first value."""
        assert self.unit.pou is not None
        name, type_ = self.local_names[variable], variable.type
        data = self.initial_value(self.unit.pou, variable)
        declared = self.unit.structs.declare(type_, name)
        if scalar(type_) is not None:
            return [f"{declared} = {scalar_text(type_, data)};"]
        if not any(data):
            return [f"{declared};", f"memset(&{name}, 0, {type_.size});"]
        return [f"{declared};", f"memcpy(&{name}, {self.bytes_constant(data)}, {type_.size});"]

    def _result(self, variable: Variable, parameters: list[str], results: Lines) -> None:
        """An output of a function, or its value, given to the caller at the end."""
        name = self.local_names[variable]
        parameters.append(self.unit.structs.pointer(variable.type, f"plc_to_{name}"))
        if scalar(variable.type) is not None:
            results.append(f"*plc_to_{name} = {name};")
        else:
            results.append(f"memcpy(plc_to_{name}, &{name}, {variable.type.size});")


class EntryWriter(UnitWriter):
    """Writes the function that runs one program instance."""

    def entry(self, call: ir.Call, number: int) -> Lines:
        """`plc_program_<number>`: the call with the arguments of its declaration."""
        with self.aside() as lines:
            self.expr(call)
        return [f"static void plc_program_{number}(struct plc *plc)", "{", lines, "}", ""]

