"""`sortyard docs plc`: every code that the compiler may tell, with its cause and its remedy."""

GROUPS = {
    "SY10": "Characters and literals",
    "SY11": "Syntax",
    "SY12": "Names",
    "SY13": "Types",
    "SY14": "Calls",
    "SY15": "Statements",
    "SY16": "Constants and limits",
    "SY17": "What this version does not compile",
    "SY18": "What does not fit the line",
    "SY21": "Warnings",
    "SY22": "Warnings about the line",
    "SY31": "Hints",
}

CODES = {
    "SY1001": (
        "A character that belongs to no word, number or sign.",
        "Remove it; names have letters A to Z, digits, _.",
    ),
    "SY1002": ("A comment has no end.", "Close it with *) or */."),
    "SY1003": ("A string or pragma does not end in its line.", "Close it with the sign that it began with."),
    "SY1004": ("A name or number is longer than 1,000 characters.", "Shorten it."),
    "SY1005": ("A literal has a digit, unit or part that it cannot have.", "Write it as the message shows."),
    "SY1006": ("An operator of another language: ==, !=, &&, +=.", "Write it as the message shows."),
    "SY1100": ("A word or sign stands where none of its kind can.", "Look at what stands before it."),
    "SY1101": ("A word or sign is missing: `;`, `)`, THEN, DO ...", "Write it where the caret stands."),
    "SY1102": ("A block is never closed; often ELSE IF in place of ELSIF.", "Write its END_ word, or ELSIF."),
    "SY1103": (
        "STRUCT ends with END_UNION, or UNION with END_STRUCT.",
        "Write the END_ word of what was opened.",
    ),
    "SY1104": (
        "A length in brackets behind a type that has none.",
        "Only STRING[80] and WSTRING[80] have one.",
    ),
    "SY1105": ("An enumeration has something that is no name.", "Write (RED, GREEN) or (RED := 1, GREEN)."),
    "SY1106": (
        "A VAR section or an action stands outside of a unit.",
        "Move it in; only VAR_GLOBAL stands alone.",
    ),
    "SY1107": ("A statement stands in a CASE before the first label.", "Write a label: `1: ...;`."),
    "SY1108": ("A word of the language is used as a name.", "Choose another name."),
    "SY1109": ("`:=` in an expression.", "Write `=` to compare; assign in a statement of its own."),
    "SY1110": ("A file of an editor is damaged, or missing.", "Save it there again."),
    "SY1111": (
        "A word or sign in the place of another one, or as another language has it.",
        "Write what the message shows.",
    ),
    "SY1112": (
        "The sources have no program, block, type or variable.",
        "Write PROGRAM, or name another file.",
    ),
    "SY1200": ("A name is not declared, or misspelled.", "Declare it in a VAR section."),
    "SY1201": ("No global variable, task or program has this name.", "Declare it, or correct the name."),
    "SY1202": ("A name is declared twice.", "Rename one of them."),
    "SY1203": ("No type, program or interface has this name.", "Declare it with TYPE, FUNCTION_BLOCK, ..."),
    "SY1204": ("A section stands in a unit that cannot have it.", "Use VAR, or move the section."),
    "SY1205": ("RETAIN in a function, which keeps nothing between calls.", "Use a function block."),
    "SY1206": (
        "A block that RETAINs values or has places at addresses lives for one call only.",
        "Declare it in VAR of a block or program.",
    ),
    "SY1207": ("R_EDGE or F_EDGE at something else than a BOOL input of a block.", "Call R_TRIG or F_TRIG."),
    "SY1208": ("A value stands where a variable is needed.", "Store it in a variable first."),
    "SY1209": ("A constant stands where a variable is needed.", "Use a variable."),
    "SY1211": ("The enumeration has no such value.", "Correct the name."),
    "SY1212": ("Several enumerations have a value of this name.", "Write Type#VALUE."),
    "SY1213": ("A function is named without parentheses.", "Write name(...)."),
    "SY1221": ("A class or block extends two others.", "Extend one, implement interfaces."),
    "SY1222": ("Something FINAL is extended or overridden.", "Remove FINAL there, or use another name."),
    "SY1223": (
        "OVERRIDE is missing, or there is nothing to override.",
        "Write METHOD OVERRIDE, or remove it.",
    ),
    "SY1224": ("A method's parameters differ from those of the one it stands for.", "Write them the same."),
    "SY1225": ("A method that an interface or an abstract base promises is missing.", "Write it."),
    "SY1226": (
        "An object of something ABSTRACT, or a call of an abstract method.",
        "Use a unit that extends it.",
    ),
    "SY1227": ("The object does not implement the interface, or nothing does.", "Write IMPLEMENTS."),
    "SY1228": (
        "A property is read without GET or written without SET.",
        "Write the missing part of the PROPERTY.",
    ),
    "SY1229": ("THIS or SUPER where there is no object, or no base.", "Use them in blocks and classes."),
    "SY1230": ("Something is PRIVATE, PROTECTED or INTERNAL here.", "Write METHOD PUBLIC."),
    "SY1301": ("ARRAY[*] where the caller gives no array.", "Write the bounds, or use VAR_IN_OUT."),
    "SY1302": ("VAR_EXTERNAL or VAR_CONFIG has another type than the variable.", "Use the same type."),
    "SY1303": ("A type contains itself.", "Refer to it with REF_TO."),
    "SY1304": (
        "The lower bound is above the upper one, or a bound is not in the base type.",
        "Correct the bounds.",
    ),
    "SY1305": ("A structure without members.", "Add one."),
    "SY1306": ("A subrange or enumeration of a type that is not whole.", "Use INT, UINT, ..."),
    "SY1307": (
        "Something that only the vendors have.",
        "Write what the standard has, or use --dialect codesys.",
    ),
    "SY1308": (
        "A value or bits could be lost on the way to the other type.",
        "Convert it: DINT_TO_INT(...).",
    ),
    "SY1309": ("`^` behind something that is no reference.", "Remove it."),
    "SY1310": (
        "A structure, block or variable has no such member, or keeps it to itself.",
        "Correct the name.",
    ),
    "SY1311": ("An index too many or too few, or of no array.", "Give one index for each dimension."),
    "SY1312": ("An index or bound is not a whole number.", "Use an integer."),
    "SY1313": ("The operator is not defined for these types.", "Convert one side."),
    "SY1314": ("VAR_IN_OUT or REF= with a variable of another type.", "Use a variable of exactly this type."),
    "SY1315": ("A function does not take this type.", "Convert the argument."),
    "SY1316": ("A condition that is not BOOL.", "Compare it: x <> 0."),
    "SY1317": ("CASE of something else than whole numbers and names.", "Use IF."),
    "SY1318": ("An address that is none, out of range, or of another size.", "Write %IX0.1, %QW2, %MD4."),
    "SY1319": ("`[...]` or `(a := ...)` for a type that is no array or structure.", "Write a plain value."),
    "SY1320": ("SINGLE of a task is not a global BOOL variable.", "Declare one in VAR_GLOBAL."),
    "SY1321": (
        "Members of a structure lie on each other, or overlap and have initial values.",
        "Move one, or write STRUCT OVERLAP and assign them.",
    ),
    "SY1401": ("No function or method has this name.", "Correct the name."),
    "SY1402": (
        "Something is called that cannot be, such as a type of blocks.",
        "Declare an instance and call that.",
    ),
    "SY1403": ("A call without a value stands where one is needed.", "Call it alone, then read its outputs."),
    "SY1404": ("A parameter is given twice.", "Remove one."),
    "SY1405": ("VAR_IN_OUT, or an open array, is not given.", "Give a variable."),
    "SY1406": ("Too many or too few arguments.", "Give those that the message names."),
    "SY1407": ("`:=` for an output or `=>` for an input.", "Write the other sign."),
    "SY1408": ("There is no parameter of this name.", "Correct the name."),
    "SY1409": ("A bit of a variable where a whole one is needed.", "Copy it to a BOOL first."),
    "SY1410": ("A reference to VAR_TEMP, which is gone after the call.", "Use VAR."),
    "SY1411": (
        "LOWER_BOUND or UPPER_BOUND without an array and a constant dimension.",
        "Write LOWER_BOUND(array, 1).",
    ),
    "SY1412": ("A unit calls itself, perhaps through others or an interface.", "Use a loop."),
    "SY1413": ("Calls are nested more than 60 deep.", "Let fewer functions call each other."),
    "SY1501": ("`(a := ...)` in a statement.", "Assign the members one by one."),
    "SY1502": ("EXIT or CONTINUE outside of a loop.", "Remove it."),
    "SY1503": ("A constant, or an input's array, is written.", "Use a variable, or VAR_IN_OUT."),
    "SY1504": ("A block or open array is assigned as a whole.", "Assign its parts."),
    "SY1505": ("A value stands alone; often `=` in place of `:=`.", "Write `:=`."),
    "SY1506": ("Two labels of a CASE have a value in common.", "Remove one."),
    "SY1507": ("FOR counts with something else than an integer.", "Use an integer, or WHILE."),
    "SY1508": ("A FOR with a step of 0 never ends.", "Use another step."),
    "SY1601": ("An expression is nested too deep.", "Split it with variables."),
    "SY1602": ("The source is too long.", "Split it into files."),
    "SY1603": ("Blocks are nested too deep.", "Move inner ones into functions."),
    "SY1604": ("A type or the whole image is too large.", "Make arrays smaller."),
    "SY1605": ("An index or part that the array or variable does not have.", "Use one within the bounds."),
    "SY1606": ("An operation on constants that has no result.", "Correct the values."),
    "SY1607": ("A constant that its type does not have.", "Use another type or value."),
    "SY1608": ("A constant without a value, or defined by itself.", "Give it one with `:=`."),
    "SY1609": ("Something that must be known before the program runs is not constant.", "Use constants."),
    "SY1610": ("More initial values than the array has elements.", "Remove some."),
    "SY1611": (
        "FB_Init, or an initial value that is computed, ends in a fault.",
        "Correct it: it runs once, while compiling.",
    ),
    "SY1701": (
        "Something that this compiler does not have; the message says why.",
        "Do what the message says.",
    ),
    "SY1702": (
        "Something that a board cannot do, such as LREAL with single floats.",
        "Use REAL, or another board.",
    ),
    "SY1801": ("A task's interval is shorter than the line can give.", "Write a longer one."),
    "SY1802": ("A mapped variable has another type than the part of the line.", "Declare it with that type."),
    "SY2101": (
        "A conversion or constant may lose values; it wraps.",
        "Convert it explicitly if that is wanted.",
    ),
    "SY2102": ("A string constant is longer than the variable.", "Use a longer STRING."),
    "SY2103": ("REAL values are compared with = or <>.", "Compare the size of their difference."),
    "SY2104": (
        "A statement behind RETURN, EXIT, CONTINUE or an endless loop is never reached.",
        "Remove it, or what is before it.",
    ),
    "SY2105": (
        "A unit writes its own input, an output of another block, or a variable at %I.",
        "Write a variable of its own.",
    ),
    "SY2106": ("The body of a FOR writes the variable that counts.", "Use WHILE, or leave it to FOR."),
    "SY2107": (
        "A condition that is always or never true, a FOR without a turn, a CASE of a constant.",
        "Remove what is never reached, or the condition.",
    ),
    "SY2110": ("A variable is neither read nor written.", "Remove it."),
    "SY2111": (
        "A variable is read but never written, or an output or result never gets a value.",
        "Assign it.",
    ),
    "SY2112": ("A block is read but never called, so that it does nothing.", "Call it in every scan."),
    "SY2113": (
        "A timer is called in one branch only and stands still elsewhere.",
        "Call it before the branch.",
    ),
    "SY2114": (
        "PLC_FAULT is called in the only task, which its own fault stops.",
        "Call it in a program of another task.",
    ),
    "SY2116": (
        "Two programs write one output or ask for one thing of a line, or blocks write one place that VAR_CONFIG has "
        "put them at: the last one in a scan wins.",
        "Let one of them write it, and hand it the other's wish in a variable.",
    ),
    "SY2115": (
        "A text has characters that were lost when the file was converted.",
        "Take the original file, or write what was meant.",
    ),
    "SY2117": ("Inline C in {{ }} is left out: the program does without it.", "Write it in Structured Text."),
    "SY2118": (
        "USING names a namespace that none of the sources declares.",
        "Give the source that declares it, too.",
    ),
    "SY2201": ("An address is tied to nothing of the line.", "Add it to [program.map]."),
    "SY2202": ("A block for a part of the line is never called.", "Call it in every scan."),
    "SY2203": (
        "A request that [program.map] gives at an address is written by its name: that is not heard.",
        "Write the address, or take it out of [program.map].",
    ),
    "SY3101": ("An array's initial values without brackets.", "Write [1, 2, 3]."),
    "SY3102": ("END_IF and its like without `;`.", "Write `;` behind it."),
    "SY3104": (
        "What vendors' editors let pass: a comma too many, a parameter without a value, RETURN(condition).",
        "Write it as the message shows.",
    ),
    "SY3103": ("VAR_ACCESS: tools find every variable by its name.", "Remove the section."),
}
"""What each code is told for, and what to do then. The message itself names the place and the names."""

_HEAD = """# Messages of the compiler for Structured Text

`sortyard plc check FILE...` tells every mistake of all files at once, each with file, line, column, the line with a
caret and what to write instead; `--json` gives the same to tools. Codes that begin with SY1 are errors, with SY2
warnings, with SY3 hints. This list is made by `sortyard docs plc`.
"""


def remedy(code: str) -> str:
    """What to do about a message of that code, as a suggestion."""
    text = CODES[code][1].rstrip(".")
    return text[0].lower() + text[1:]


def message_docs() -> str:
    """The list as Markdown."""
    parts = [_HEAD]
    for prefix, title in GROUPS.items():
        parts += [f"\n## {title}\n\n| code | cause | remedy |\n| --- | --- | --- |\n"]
        parts += [
            f"| {code} | {cause} | {remedy} |\n"
            for code, (cause, remedy) in CODES.items()
            if code[:4] == prefix
        ]
    return "".join(parts)
