"""Loading plugins: consent by hash, failures that stay with the one that fails, and what is gathered."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.core.home import Home, shipped
from console.core.problems import Problem
from console.plugin import approval
from console.plugin.api import RecipeKind
from console.plugin.loader import PluginInfo, PluginSet, PluginState, load

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)

RECIPE = """
from pathlib import Path
from console.plugin.api import Recipe, RecipeKind, hookimpl

Path({mark!r}).touch()

@hookimpl
def tandem_recipes():
    return [Recipe("{recipe}", "T", "D", RecipeKind.OTHER, (), {{}}, ("true",))]
"""


def make(parent: Path, name: str, code: str, provides: str = '["recipes"]') -> Path:
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(
        f'name = "{name}"\nversion = "1.0"\napi = 1\ntitle = "T"\ndescription = ""\n'
        f'module = "plugin.py"\nprovides = {provides}\n'
    )
    (folder / "plugin.py").write_text(code)
    return folder


def returning(rest: str) -> str:
    """A plugin whose one recipe has these parameters, files and argv."""
    return (
        "from console.plugin.api import Recipe, RecipeKind, hookimpl\n@hookimpl\ndef tandem_recipes():\n"
        f"    return [Recipe('r', '', '', RecipeKind.OTHER, {rest})]"
    )


def recipe_code(tmp_path: Path, name: str = "mine") -> str:
    return RECIPE.format(mark=str(tmp_path / f"{name}-was-imported"), recipe=name)


def info(found: PluginSet, name: str) -> PluginInfo:
    return next(each for each in found.plugins if each.name == name)


@pytest.fixture
def nothing_shipped(tmp_path: Path) -> Path:
    return tmp_path / "shipped-none"


def test_what_ships_is_loaded_with_its_probes_and_recipes(tandem_home: Home) -> None:
    before = list(sys.path)
    found = load(tandem_home, shipped("plugins"))
    assert [(each.name, each.problem) for each in found.plugins if each.state is not PluginState.LOADED] == []
    assert {each.name for each in found.recipes} >= {"digits-train", "digits-evaluate"}
    probes = {each.name: each for each in found.probes}
    assert probes["nvidia"].needs == ("pynvml",)
    assert not probes["nvidia"].simulated
    assert probes["simulated"].simulated
    assert found.recipe("digits-train").kind is RecipeKind.TRAIN
    assert sys.path == before
    assert "torch" not in sys.modules
    with pytest.raises(Problem) as caught:
        found.recipe("nope")
    assert caught.value.code == "recipe.unknown"


def test_a_third_party_folder_does_nothing_until_approved(
    tandem_home: Home, tmp_path: Path, nothing_shipped: Path
) -> None:
    make(tandem_home.plugins, "mine", recipe_code(tmp_path))
    mark = tmp_path / "mine-was-imported"

    found = load(tandem_home, nothing_shipped)
    assert info(found, "mine").state is PluginState.NOT_APPROVED
    assert found.recipes == ()
    assert not mark.exists()

    approval.approve(tandem_home, "mine", account="ann@desk", moment=MOMENT)
    found = load(tandem_home, nothing_shipped)
    assert info(found, "mine").state is PluginState.LOADED
    assert [each.name for each in found.recipes] == ["mine"]
    assert mark.exists()
    assert not list(tandem_home.plugins.rglob("__pycache__")), "a cache in the folder would change its hash"

    approval.revoke(tandem_home, "mine")
    assert info(load(tandem_home, nothing_shipped), "mine").state is PluginState.NOT_APPROVED


@pytest.mark.parametrize("change", ["edit", "add", "rename", "swap"])
def test_a_folder_changed_after_approval_is_refused(
    tandem_home: Home, tmp_path: Path, nothing_shipped: Path, change: str
) -> None:
    folder = make(tandem_home.plugins, "mine", recipe_code(tmp_path))
    (folder / "a.txt").write_text("1")
    (folder / "b.txt").write_text("2")
    approval.approve(tandem_home, "mine", account="ann@desk", moment=MOMENT)
    if change == "edit":
        (folder / "plugin.py").write_text(recipe_code(tmp_path) + "\n")
    elif change == "add":
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "plugin.cpython-311.pyc").write_bytes(b"x")
    elif change == "rename":
        (folder / "a.txt").rename(folder / "c.txt")
    else:
        (folder / "a.txt").write_text("2")
        (folder / "b.txt").write_text("1")
    found = load(tandem_home, nothing_shipped)
    assert info(found, "mine").state is PluginState.CHANGED
    assert found.recipes == ()
    assert not (tmp_path / "mine-was-imported").exists()


def test_links_are_not_followed(tandem_home: Home, tmp_path: Path, nothing_shipped: Path) -> None:
    folder = make(tandem_home.plugins, "mine", recipe_code(tmp_path))
    (folder / "etc").symlink_to("/etc")
    with pytest.raises(Problem, match="a link"):
        approval.approve(tandem_home, "mine", account="ann@desk", moment=MOMENT)
    assert info(load(tandem_home, nothing_shipped), "mine").state is PluginState.INVALID
    for name in ("..", "../plugins/mine", "/etc", "none"):
        with pytest.raises(Problem, match="no such folder"):
            approval.approve(tandem_home, name, account="ann@desk", moment=MOMENT)


@pytest.mark.expected_logs("plugin .* failed")
@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        ("raise ValueError('no\\x1b[31m luck')", PluginState.FAILED, "ValueError: no luck"),
        ("import sys; sys.exit(3)", PluginState.FAILED, "SystemExit: 3"),
        ("def (", PluginState.FAILED, "SyntaxError"),
        ("import nowhere_at_all", PluginState.FAILED, "ModuleNotFoundError"),
        ("x = 1", PluginState.INVALID, "says that it provides recipes, and it does not"),
        (
            "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_recipes(): return 3",
            PluginState.FAILED,
            "TypeError",
        ),
        (
            "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_recipes(): return ['x']",
            PluginState.FAILED,
            "returned a str",
        ),
        (
            "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_recipes(): return []\n"
            "@hookimpl\ndef tandem_runtimes(): return []",
            PluginState.INVALID,
            "does not say that it provides runtimes",
        ),
        (
            "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_recipes(what): return []",
            PluginState.INVALID,
            "what",
        ),
        (
            "from console.plugin.api import hookimpl\n@hookimpl\ndef tandem_unheard_of(): return []",
            PluginState.INVALID,
            "unknown hook",
        ),
        (
            "from pathlib import Path\nfrom console.plugin.api import Recipe, RecipeKind, hookimpl\n"
            "@hookimpl\ndef tandem_recipes():\n"
            "    return [Recipe('r', '', '', RecipeKind.OTHER, (), {'a': Path('/no/such')}, ('x',))]",
            PluginState.FAILED,
            "is missing",
        ),
        (returning("(), {'a': 3}, ('x',)"), PluginState.FAILED, "TypeError"),
        (returning("(), None, ('x',)"), PluginState.FAILED, "TypeError"),
        (returning("(), {}, ()"), PluginState.FAILED, "argv and outputs hold something else"),
        (returning("(), {}, 'true'"), PluginState.FAILED, "argv and outputs hold something else"),
        (returning("(3,), {}, ('x',)"), PluginState.FAILED, "parameters holds something else"),
    ],
)
def test_a_bad_plugin_is_listed_and_stops_nothing(
    tmp_path: Path, tandem_home: Home, code: str, state: PluginState, reason: str
) -> None:
    ours = tmp_path / "shipped"
    make(ours, "a-bad", code)
    make(ours, "b-good", recipe_code(tmp_path, "good"))
    found = load(tandem_home, ours)
    bad = info(found, "a-bad")
    assert bad.state is state
    assert bad.problem is not None
    assert reason in bad.problem.sentence
    assert [each.name for each in found.recipes] == ["good"]


def test_names_are_taken_once(tmp_path: Path, tandem_home: Home) -> None:
    ours = tmp_path / "shipped"
    make(ours, "one", recipe_code(tmp_path, "same"))
    make(ours, "two", recipe_code(tmp_path, "same"))
    make(tandem_home.plugins, "one", recipe_code(tmp_path, "other"))
    approval.approve(tandem_home, "one", account="ann@desk", moment=MOMENT)
    found = load(tandem_home, ours)
    assert [(each.name, each.state.value, each.shipped) for each in found.plugins] == [
        ("one", "loaded", True),
        ("two", "failed", True),
        ("one", "invalid", False),
    ]
    assert len(found.recipes) == 1


def test_a_broken_list_of_approvals_loads_nothing_of_others(
    tandem_home: Home, tmp_path: Path, nothing_shipped: Path
) -> None:
    make(tandem_home.plugins, "mine", recipe_code(tmp_path))
    for text in ("{", "[]", '{"v": 2, "approved": {}}', '{"v": 1, "approved": {"mine": 3}}'):
        (tandem_home.plugins / "approved.json").write_text(text)
        mine = info(load(tandem_home, nothing_shipped), "mine")
        assert mine.state is PluginState.NOT_APPROVED
        assert mine.problem is not None
        assert mine.problem.code == "file.unreadable"
    assert not (tmp_path / "mine-was-imported").exists()


NOTIFIER = """
from console.plugin.api import NotifierField, NotifierKind, hookimpl

@hookimpl
def tandem_notifiers():
    return [NotifierKind("pager", "Pager", ({fields}), {send})]
"""


@pytest.mark.parametrize(
    ("fields", "send", "state"),
    [
        ("NotifierField('url', 'Address', secret=True),", "lambda *given: 'ok'", PluginState.LOADED),
        ("", "lambda *given: 'ok'", PluginState.LOADED),
        ("'url',", "lambda *given: 'ok'", PluginState.FAILED),
        ("NotifierField('Bad name', 'Address'),", "lambda *given: 'ok'", PluginState.FAILED),
        ("", "'no function'", PluginState.FAILED),
    ],
)
def test_a_third_partys_notifier_comes_through_the_same_door(
    tandem_home: Home, nothing_shipped: Path, fields: str, send: str, state: PluginState
) -> None:
    make(tandem_home.plugins, "mine", NOTIFIER.format(fields=fields, send=send), '["notifiers"]')
    approval.approve(tandem_home, "mine", account="ann@desk", moment=MOMENT)
    found = load(tandem_home, nothing_shipped)
    assert info(found, "mine").state is state
    assert [each.name for each in found.notifiers] == (["pager"] if state is PluginState.LOADED else [])


def test_five_chats_and_mail_ship(tandem_home: Home) -> None:
    found = load(tandem_home, shipped("plugins")).notifiers
    assert {each.name for each in found} == {"json", "slack", "feishu", "dingtalk", "wecom", "email"}
    assert all(each.title for kind in found for each in kind.fields)
