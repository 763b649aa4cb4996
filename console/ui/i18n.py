"""Language of the window: Qt's catalogues, and a pseudo-locale that finds clipped text.

Strings are literals in `self.tr("…")` or `translate("Context", "…")`: a test walks the code for others.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale, QObject, QTranslator
from PySide6.QtWidgets import QApplication

from console.core.home import shipped

LANGUAGES = ("en", "zh_CN")
PSEUDO = "xx"
_ACCENTS = str.maketrans("aeiouncsAEIOUNCS", "àéîöüñçšÀÉÎÖÜÑÇŠ")

translate = QCoreApplication.translate


class PseudoTranslator(QTranslator):
    """Makes every text a third longer and accented; place holders stay."""

    def translate(self, _context: str, source: str, _disambiguation: str | None = None, _n: int = -1) -> str:
        return pseudo(source)

    def isEmpty(self) -> bool:
        return False


def pseudo(source: str) -> str:
    """The text as the pseudo-locale shows it; what stands in braces or after a percent sign is kept."""
    out, depth = [], 0
    for index, char in enumerate(source):
        depth += (char == "{") - (char == "}" and depth > 0)
        keep = depth or char == "}" or (index > 0 and source[index - 1] in "%&")
        out.append(char if keep else char.translate(_ACCENTS))
    return f"[{''.join(out)}{'~' * max(1, len(source) // 3)}]"


def resolve(wanted: str) -> str:
    """ "system" to one of our languages; anything that is not Chinese reads English."""
    if wanted != "system":
        return wanted
    return "zh_CN" if QLocale.system().language() is QLocale.Language.Chinese else "en"


def install(application: QApplication, wanted: str, parent: QObject) -> list[QTranslator]:
    """Install the catalogues of a language. Texts are read when widgets are made."""
    language = resolve(wanted)
    installed: list[QTranslator] = []
    if language == PSEUDO:
        installed.append(PseudoTranslator(parent))
    else:
        folder = shipped("resources") / "translations"
        for kind in ("tandem", "catalogue"):
            translator = QTranslator(parent)
            if translator.load(str(folder / f"{kind}_{language}.qm")):
                installed.append(translator)
    for each in installed:
        application.installTranslator(each)
    return installed


def uninstall(application: QApplication, installed: list[QTranslator]) -> None:
    """Back to the source texts."""
    for each in installed:
        application.removeTranslator(each)
