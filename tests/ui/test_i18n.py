"""Texts: literals only, all of them translated, place holders kept, the compiled catalogues up to date."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from console.core.problems import Problem
from console.ui import i18n
from console.ui.plan_texts import plan_title, step_name
from console.ui.problem_texts import texts_of
from tests.ui import translations

WINDOW = translations.FOLDER / "tandem_zh_CN.ts"
CATALOGUE = translations.FOLDER / "catalogue_zh_CN.ts"
# These look up texts of a catalogue that is data outside the window; tests.ui.translations extracts those.
_BY_VARIABLE = {"problem", "command", "option", "health", "plan", "metric", "rule"}
_PLACE = re.compile(r"\{\w+\}|%n")


def _translate_calls(path: Path) -> list[tuple[ast.Call, ast.expr, str]]:
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "tr" and isinstance(node.func, ast.Attribute):
            found.append((node, node.args[0], ""))
        elif name == "translate" and len(node.args) >= 2:
            context = node.args[0].value if isinstance(node.args[0], ast.Constant) else "?"
            found.append((node, node.args[1], str(context)))
    return found


@pytest.mark.parametrize("path", translations.sources(), ids=lambda path: path.stem)
def test_texts_are_literals(path: Path) -> None:
    for call, text, context in _translate_calls(path):
        where = f"{path.name}:{call.lineno}"
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            names = _PLACE.findall(text.value)
            assert "{}" not in text.value, f"{where}: place holders have names"
            assert len(names) == len(set(names)), where
            continue
        assert path.name in ("problem_texts.py",) or context in _BY_VARIABLE, f"{where}: not a literal"
        assert not isinstance(text, ast.JoinedStr), f"{where}: an f-string is never found in a catalogue"


@pytest.mark.parametrize("path", [WINDOW, CATALOGUE], ids=["window", "catalogue"])
def test_everything_is_translated(path: Path) -> None:
    assert translations.unfinished(path) == []


@pytest.mark.parametrize("path", [WINDOW, CATALOGUE], ids=["window", "catalogue"])
def test_place_holders_survive_translation(path: Path) -> None:
    for context, message in translations.messages(path):
        source = message.findtext("source") or ""
        translation = message.find("translation")
        text = "".join(translation.itertext()) if translation is not None else ""
        if text.strip():
            assert set(_PLACE.findall(source)) == set(_PLACE.findall(text)), f"{context}: {source}"


def test_the_files_hold_the_texts_of_the_code(tmp_path: Path) -> None:
    fresh = tmp_path / "fresh.ts"
    translations.extract(fresh)
    wanted = {(context, message.findtext("source")) for context, message in translations.messages(fresh)}
    kept = {(context, message.findtext("source")) for context, message in translations.messages(WINDOW)}
    assert wanted == kept, "run python -m tests.ui.translations"
    named = {(c, text) for c, texts in translations.catalogue_texts().items() for text in texts}
    kept = {(context, message.findtext("source")) for context, message in translations.messages(CATALOGUE)}
    assert named == kept, "run python -m tests.ui.translations"


@pytest.mark.parametrize("path", [WINDOW, CATALOGUE], ids=["window", "catalogue"])
def test_the_compiled_files_are_up_to_date(path: Path) -> None:
    assert path.with_suffix(".qm").read_bytes() == translations.fresh_release(path)


def test_a_problem_is_told_in_chinese(qapp: QApplication) -> None:
    installed = i18n.install(qapp, "zh_CN", qapp)
    try:
        assert texts_of(Problem("server.unknown", name="x"))[0] == "没有服务器 'x'。"
        assert i18n.translate("Fleet", "Utilization") == "利用率"
    finally:
        i18n.uninstall(qapp, installed)
    assert texts_of(Problem("server.unknown", name="x"))[0] == "There is no server 'x'."


def test_plans_and_their_steps_are_told_in_chinese(qapp: QApplication) -> None:
    installed = i18n.install(qapp, "zh_CN", qapp)
    try:
        assert plan_title("Push {a} to b.txt to gpu-1") == "推送 {a} to b.txt 到 gpu-1"
        assert plan_title("Cancel: Fetch x.bin on gpu-1") == "取消：在 gpu-1 上获取 x.bin"
        assert step_name("Copy through this console") == "经由本控制台复制"
        assert step_name("What a plugin calls it") == "What a plugin calls it"
    finally:
        i18n.uninstall(qapp, installed)
    assert plan_title("Push a to gpu-1") == "Push a to gpu-1"


def test_unknown_languages_read_english() -> None:
    assert i18n.resolve("en") == "en"
    assert i18n.resolve("zh_CN") == "zh_CN"
    assert i18n.resolve("system") in i18n.LANGUAGES
