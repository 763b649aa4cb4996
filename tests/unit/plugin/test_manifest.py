"""plugin.toml: what is taken, and the one sentence that each fault gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core.home import shipped
from console.core.problems import Problem
from console.plugin.manifest import MAX_BYTES, PROVIDES, read_manifest

GOOD = {
    "name": '"mine"',
    "version": '"1.0.0"',
    "api": "1",
    "title": '"Mine"',
    "description": '"Does something."',
    "module": '"plugin.py"',
    "provides": '["recipes"]',
}


def written(folder: Path, **changes: str | None) -> Path:
    """A plugin's folder with a manifest; None leaves a key out."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = {**GOOD, **changes}
    text = "".join(f"{key} = {value}\n" for key, value in lines.items() if value is not None)
    (folder / "plugin.toml").write_text(text, "utf-8")
    (folder / "plugin.py").write_text("", "utf-8")
    return folder


def test_a_good_manifest_is_read(tmp_path: Path) -> None:
    manifest = read_manifest(written(tmp_path / "mine"))
    assert (manifest.name, manifest.version, manifest.module) == ("mine", "1.0.0", "plugin.py")
    assert manifest.provides == ("recipes",)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"name": None}, "lacks 'name'"),
        ({"name": '"../up"'}, "'name' takes lower-case"),
        ({"name": "3"}, "'name' is not a text"),
        ({"version": '"latest"'}, "does not look like"),
        ({"api": '"1"'}, "'api' is not a whole number"),
        ({"api": "true"}, "'api' is not a whole number"),
        ({"api": "2"}, "written for the plugin API 2"),
        ({"title": '""'}, "'title' is empty"),
        ({"module": '"../plugin.py"'}, "names no Python file"),
        ({"module": '"other.py"'}, "there is no other.py"),
        ({"provides": "[]"}, "names none of"),
        ({"provides": '["schedulers"]'}, "'schedulers', which is none of"),
        ({"provides": "[1]"}, "has '1'"),
        ({"provides": '["recipes", "recipes"]'}, "twice"),
        ({"script": '"x"'}, "unknown key 'script'"),
        ({"name": "= ="}, "is not TOML"),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, changes: dict[str, str | None], reason: str) -> None:
    with pytest.raises(Problem) as caught:
        read_manifest(written(tmp_path / "mine", **changes))
    assert caught.value.code == "plugin.invalid"
    assert reason in caught.value.sentence


def test_a_missing_a_huge_and_a_binary_manifest(tmp_path: Path) -> None:
    (tmp_path / "none").mkdir()
    for folder, data in (("huge", b"#" * (MAX_BYTES + 1)), ("binary", b"\xff\xfe\x00")):
        written(tmp_path / folder).joinpath("plugin.toml").write_bytes(data)
    for folder, reason in (("none", "cannot be read"), ("huge", "larger than"), ("binary", "not TOML")):
        with pytest.raises(Problem, match=reason):
            read_manifest(tmp_path / folder)


def test_what_ships_has_good_manifests() -> None:
    folders = [each for each in shipped("plugins").iterdir() if (each / "plugin.toml").exists()]
    assert {"nvidia", "simulated", "recipes"} <= {each.name for each in folders}
    for folder in folders:
        manifest = read_manifest(folder)
        assert manifest.name == folder.name
        assert set(manifest.provides) <= set(PROVIDES)
