"""Brings the window's texts into resources/translations: `python -m tests.ui.translations [FILE.json ...]`.

lupdate reads the code, the catalogues of problems, commands and options are added, translations given as
{"source": "translation"} (or a list for plurals) are filled in, and lrelease writes the .qm files beside.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

from console.alerts.rules_file import default_rules
from console.commands.catalogue import COMMANDS
from console.core.options import OPTIONS
from console.core.problem_catalogue import CATALOGUE
from console.operations.plan_words import STEPS, TITLES
from console.telemetry.health_words import all_texts
from console.telemetry.metrics import METRICS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "translations"
BIN = Path(sys.executable).parent
LANGUAGE = "zh_CN"


def sources() -> list[Path]:
    """Every module of the window."""
    return sorted((ROOT / "console" / "ui").rglob("*.py"))


def catalogue_texts() -> dict[str, list[str]]:
    """Texts that are data outside the window, by the context that the window looks them up in."""
    problems = [text for sentence, remedy, _help in CATALOGUE.values() for text in (sentence, remedy)]
    commands = [text for command in COMMANDS for text in (command.title, command.summary)]
    options = [text for option in OPTIONS for text in (option.title, option.description)]
    plans = [*TITLES, *STEPS]
    named = {
        "problem": problems,
        "command": commands,
        "option": options,
        "health": all_texts(),
        "plan": plans,
        "metric": [spec.title for spec in METRICS],
        "rule": [rule.title for rule in default_rules()],
    }
    return {context: list(dict.fromkeys(texts)) for context, texts in named.items()}


def extract(target: Path) -> None:
    """Run lupdate into a file."""
    command = [str(BIN / "pyside6-lupdate"), "-locations", "none", "-no-obsolete", "-source-language", "en"]
    command += ["-target-language", LANGUAGE, *map(str, sources()), "-ts", str(target)]
    subprocess.run(command, check=True, capture_output=True)


def release(source: Path, target: Path) -> None:
    """Run lrelease."""
    command = [str(BIN / "pyside6-lrelease"), "-silent", str(source), "-qm", str(target)]
    subprocess.run(command, check=True, capture_output=True)


def messages(path: Path) -> list[tuple[str, ET.Element]]:
    """(context, message) of a .ts file."""
    if not path.is_file():
        return []
    root = ET.parse(path).getroot()
    return [
        (context.findtext("name") or "", message)
        for context in root.iter("context")
        for message in context.iter("message")
    ]


def write_catalogue(path: Path) -> None:
    """The second file, made from the catalogues; translations that are there stay."""
    kept = {
        (context, message.findtext("source")): message.findtext("translation") or ""
        for context, message in messages(path)
    }
    root = ET.Element("TS", version="2.1", language=LANGUAGE, sourcelanguage="en")
    for context, texts in catalogue_texts().items():
        element = ET.SubElement(root, "context")
        ET.SubElement(element, "name").text = context
        for text in texts:
            message = ET.SubElement(element, "message")
            ET.SubElement(message, "source").text = text
            translation = ET.SubElement(message, "translation")
            translation.text = kept.get((context, text)) or None
            if not translation.text:
                translation.set("type", "unfinished")
    _write(ET.ElementTree(root), path)


def fill(path: Path, given: dict[str, str | list[str]]) -> None:
    """Set translations that are given; others stay as they are."""
    tree = ET.parse(path)
    for message in tree.getroot().iter("message"):
        text = given.get(message.findtext("source") or "")
        translation = message.find("translation")
        if text is None or translation is None:
            continue
        forms = translation.findall("numerusform")
        if forms:
            for form, each in zip(forms, [text] if isinstance(text, str) else text, strict=True):
                form.text = each
        elif isinstance(text, str):
            translation.text = text
        translation.attrib.pop("type", None)
    _write(tree, path)


def _write(tree: ET.ElementTree[ET.Element], path: Path) -> None:
    ET.indent(tree, "    ")
    body = ET.tostring(tree.getroot(), encoding="unicode")
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', "utf-8")


def unfinished(path: Path) -> list[str]:
    """Sources without a translation."""
    missing = []
    for context, message in messages(path):
        translation = message.find("translation")
        if translation is None or not "".join(translation.itertext()).strip():
            missing.append(f"{context}: {message.findtext('source')}")
    return missing


def main(files: list[str]) -> None:
    """Update both .ts files, fill in what is given, write the .qm files, list what is missing."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    window, catalogue = FOLDER / f"tandem_{LANGUAGE}.ts", FOLDER / f"catalogue_{LANGUAGE}.ts"
    extract(window)
    write_catalogue(catalogue)
    given: dict[str, str | list[str]] = {}
    for file in files:
        given |= json.loads(Path(file).read_text("utf-8"))
    for path in (window, catalogue):
        fill(path, given)
        release(path, path.with_suffix(".qm"))
        for line in unfinished(path):
            sys.stdout.write(f"missing {line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])


def fresh_release(source: Path) -> bytes:
    """What lrelease makes of a .ts file now, for the test that the .qm is up to date."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "made.qm"
        release(source, target)
        return target.read_bytes()
