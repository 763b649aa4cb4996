"""The public door: hooks that a plugin implements and the values that they carry.

Built-in plugins use exactly this. Stands on the standard library and console.core only.
"""

from console.plugin.api.hooks import hookimpl
from console.plugin.api.notifying import (
    FIRING,
    RESOLVED,
    AlertLine,
    Message,
    NotifierField,
    NotifierKind,
    NotSent,
)
from console.plugin.api.sources import (
    Ask,
    Source,
    SourceHost,
    SourceReader,
    SourceReading,
    SourceSpan,
)
from console.plugin.api.values import (
    AcceleratorProbe,
    Launch,
    Parameter,
    ParameterType,
    Recipe,
    RecipeKind,
    Runtime,
)

__all__ = [
    "FIRING",
    "RESOLVED",
    "AcceleratorProbe",
    "AlertLine",
    "Ask",
    "Launch",
    "Message",
    "NotSent",
    "NotifierField",
    "NotifierKind",
    "Parameter",
    "ParameterType",
    "Recipe",
    "RecipeKind",
    "Runtime",
    "Source",
    "SourceHost",
    "SourceReader",
    "SourceReading",
    "SourceSpan",
    "hookimpl",
]

API_VERSION = 1
