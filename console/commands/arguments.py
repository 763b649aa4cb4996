"""Reading a command's arguments with their types, so that a slip is a clear error and not a guess."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def required(arguments: Mapping[str, object], name: str, kind: type[T]) -> T:
    """The argument `name`.

    Raises:
        TypeError: it is missing or of another type, which is a bug of the face that called.
    """
    value = arguments.get(name)
    if not isinstance(value, kind):
        raise TypeError(f"argument {name!r} must be {kind.__name__}, not {type(value).__name__}")
    return value


def optional(arguments: Mapping[str, object], name: str, kind: type[T]) -> T | None:
    """As `required`, but None where it is missing or None."""
    return None if arguments.get(name) is None else required(arguments, name, kind)
