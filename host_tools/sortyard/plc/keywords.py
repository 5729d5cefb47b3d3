"""The words of the language, and how tokens are named in messages."""

RESERVED = frozenset(
    """
    ABSTRACT AND AND_THEN ARRAY AT BY CASE CLASS CONFIGURATION CONSTANT CONTINUE DO ELSE ELSIF
    END_CASE END_CLASS END_CONFIGURATION END_FOR END_FUNCTION END_FUNCTION_BLOCK END_GET END_IF END_INTERFACE
    END_METHOD END_NAMESPACE END_PROGRAM END_PROPERTY END_REPEAT END_RESOURCE END_SET END_STRUCT END_TYPE
    END_UNION END_VAR END_WHILE EXIT EXTENDS FALSE FOR FUNCTION FUNCTION_BLOCK IF IMPLEMENTS INTERFACE
    METHOD MOD NAMESPACE NON_RETAIN NOT NULL OF OR OR_ELSE PERSISTENT POINTER PROGRAM PROPERTY REFERENCE REF_TO
    REPEAT RESOURCE RETAIN RETURN STRUCT SUPER TASK THEN THIS TO TRUE TYPE UNION UNTIL USING VAR VAR_EXTERNAL
    VAR_ACCESS VAR_CONFIG VAR_GLOBAL VAR_INPUT VAR_IN_OUT VAR_OUTPUT VAR_TEMP WHILE WITH XOR
    """.split()  # noqa: SIM905  # one word after another is easier to check than quotes and commas
)
CONTEXTUAL = frozenset(
    """
    OVERLAP ACTION END_ACTION ACTIONS END_ACTIONS TEST END_TEST ON R_EDGE F_EDGE GET SET OVERRIDE FINAL ABSTRACT PUBLIC
    PRIVATE PROTECTED INTERNAL
    """.split()  # noqa: SIM905
)
"""Keywords only where the grammar asks for them, names everywhere else."""

MODIFIERS = frozenset({"OVERRIDE", "FINAL", "ABSTRACT", "PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL"})
"""Words before the name that they say something about."""

VENDOR_WORDS = frozenset({"POINTER", "REFERENCE", "UNION", "PERSISTENT", "VAR_STAT", "VAR_INST"})
"""Keywords of TwinCAT and CODESYS that the standard does not have: names where no keyword fits."""

KEYWORDS = RESERVED | CONTEXTUAL | VENDOR_WORDS

OLD_SPELLINGS = {"FUNCTIONBLOCK": "FUNCTION_BLOCK", "END_FUNCTIONBLOCK": "END_FUNCTION_BLOCK"}
"""Words of early CoDeSys exports."""

OPERATORS = {
    ":=": "ASSIGN", "=>": "OUT", "?=": "ATTEMPT", "**": "POWER", "<>": "NE", "<=": "LE", ">=": "GE", "..": "RANGE",
    "-": "MINUS", "+": "PLUS", "*": "STAR", "/": "SLASH", "<": "LT", ">": "GT", "=": "EQ", "&": "AMPERSAND",
    "^": "CARET", "(": "LPAR", ")": "RPAR", "[": "LBRACK", "]": "RBRACK", ",": "COMMA", ";": "SEMI", ":": "COLON",
    ".": "DOT",
}  # fmt: skip

OPENERS = {
    "IF": "END_IF", "CASE": "END_CASE", "FOR": "END_FOR", "WHILE": "END_WHILE", "REPEAT": "END_REPEAT",
    "FUNCTION": "END_FUNCTION", "FUNCTION_BLOCK": "END_FUNCTION_BLOCK", "PROGRAM": "END_PROGRAM",
    "STRUCT": "END_STRUCT", "UNION": "END_UNION", "TYPE": "END_TYPE", "CLASS": "END_CLASS",
    "METHOD": "END_METHOD", "INTERFACE": "END_INTERFACE", "NAMESPACE": "END_NAMESPACE",
    "PROPERTY": "END_PROPERTY", "GET": "END_GET", "SET": "END_SET", "CONFIGURATION": "END_CONFIGURATION",
    "RESOURCE": "END_RESOURCE", "TEST": "END_TEST", "VAR": "END_VAR", "VAR_INPUT": "END_VAR", "VAR_OUTPUT": "END_VAR",
    "VAR_IN_OUT": "END_VAR", "VAR_TEMP": "END_VAR", "VAR_GLOBAL": "END_VAR", "VAR_EXTERNAL": "END_VAR",
    "VAR_STAT": "END_VAR", "VAR_INST": "END_VAR", "VAR_ACCESS": "END_VAR", "VAR_CONFIG": "END_VAR",
    "ACTION": "END_ACTION", "ACTIONS": "END_ACTIONS",
}  # fmt: skip
"""The word that ends what each word opens."""

UNIT_STARTS = frozenset(
    {"FUNCTION", "FUNCTION_BLOCK", "PROGRAM", "TYPE", "CLASS", "INTERFACE", "NAMESPACE", "CONFIGURATION"}
)

_SPOKEN = {name: f"'{text}'" for text, name in OPERATORS.items()} | {
    "NAME": "a name", "INT": "a number", "REAL": "a number", "BASED": "a number", "TIME": "a duration",
    "DATE": "a date", "STRING": "a string", "WSTRING": "a string", "PREFIX": "a typed literal",
    "ADDRESS": "an address", "PARTIAL": "a bit or byte number", "REFASSIGN": "'REF='",
    "SETASSIGN": "'S='", "RESETASSIGN": "'R='", "$END": "the end of the file",
}  # fmt: skip


def spoken(token_type: str) -> str:
    """How a message names a kind of token: `';'`, `a name`, `END_IF`."""
    return _SPOKEN.get(token_type, token_type)
