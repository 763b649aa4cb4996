"""The one error that a person may read: a Problem with a code, and the catalogue that words it.

Environment faults are Problems; anything else that is raised is a bug of ours. No I/O lives here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from console.core.problem_catalogue import CATALOGUE


@dataclass(frozen=True, slots=True)
class ProblemText:
    """What the catalogue says of one code, as `str.format` templates over the problem's attributes.

    Attributes:
        sentence: what happened and why, one sentence.
        remedy: what the person can do about it, one sentence.
        help_page: the anchor in resources/help that says more.
    """

    sentence: str
    remedy: str
    help_page: str


class Problem(Exception):
    """Something the world did to us, told by a code of the catalogue and plain attributes.

    Args:
        code: a key of the catalogue, `room.what`.
        attrs: values that the catalogue's sentence names; text only or numbers, shown as plain text.

    Raises:
        KeyError: the code is not in the catalogue or an attribute that its text names is missing;
            both are bugs of ours.
    """

    def __init__(self, code: str, **attrs: object) -> None:
        text = text_for(code)
        self.code = code
        self.attrs: dict[str, object] = dict(attrs)
        self.sentence = text.sentence.format_map(_Required(code, attrs))
        self.remedy = text.remedy.format_map(_Required(code, attrs))
        self.help_page = text.help_page
        super().__init__(f"{self.sentence} {self.remedy}")

    def as_dict(self) -> dict[str, object]:
        """The shape that `--json` prints and that a log keeps."""
        return {
            "code": self.code,
            "problem": self.sentence,
            "remedy": self.remedy,
            "help": self.help_page,
            "attrs": {key: _plain(value) for key, value in self.attrs.items()},
        }


class _Required(dict[str, object]):
    def __init__(self, code: str, attrs: Mapping[str, object]) -> None:
        super().__init__(attrs)
        self._code = code

    def __missing__(self, key: str) -> object:
        raise KeyError(f"problem {self._code!r} needs the attribute {key!r}")


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def text_for(code: str) -> ProblemText:
    """The catalogue's text of a code; KeyError where there is none."""
    sentence, remedy, help_page = CATALOGUE[code]
    return ProblemText(sentence, remedy, help_page)


def known_codes() -> tuple[str, ...]:
    """Every code of the catalogue, sorted."""
    return tuple(sorted(CATALOGUE))
