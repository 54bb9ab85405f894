"""The package list is the tree, and what is built holds everything that the tree holds."""

import configparser
import email
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOMS = ("agents", "environment", "runs", "analysis")
UNPINNED = ("anndata",)
"""On Python 3.11 anndata needs an older pandas than ours."""
DATA = ("*.csv", "*.toml", "*.js", "*.css", "py.typed")
NOT_SOURCE = shutil.ignore_patterns(
    ".git",
    ".venv",
    "results",
    "build",
    "dist",
    "*.egg-info",
    ".*_cache",
    ".hypothesis",
    "__pycache__",
    "*.tmp",
)


def tree_files(root: Path, *patterns: str) -> set[str]:
    """Files in the four rooms that match one of the patterns, as paths from the root."""
    return {
        path.relative_to(root).as_posix()
        for room in ROOMS
        for pattern in patterns
        for path in (root / room).rglob(pattern)
    }


@pytest.fixture(scope="module")
def built(root, tmp_path_factory) -> Path:
    """A folder with the wheel and the sdist, built from a copy of the tree."""
    place = tmp_path_factory.mktemp("built")
    shutil.copytree(root, place / "tree", ignore=NOT_SOURCE, symlinks=True)
    command = [
        sys.executable,
        "-m",
        "build",
        "--no-isolation",
        "--outdir",
        str(place / "dist"),
        str(place / "tree"),
    ]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
    return place / "dist"


@pytest.fixture(scope="module")
def wheel(built) -> zipfile.ZipFile:
    """The wheel; by way of the sdist, as `build` makes it."""
    with zipfile.ZipFile(next(built.glob("*.whl"))) as archive:
        yield archive


def test_the_package_list_is_the_tree(root):
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    listed = set(setup["options"]["packages"].split())
    folders = {path.rpartition("/")[0] for path in tree_files(root, "*.py")}
    assert listed == {"insulattice." + folder.replace("/", ".") for folder in folders}


def test_every_package_has_an_init_and_is_marked_as_typed(root):
    folders = {path.rpartition("/")[0] for path in tree_files(root, "*.py")}
    lacking = [
        f"{f}/{n}" for f in folders for n in ("__init__.py", "py.typed") if not (root / f / n).exists()
    ]
    assert not lacking


def test_the_wheel_holds_every_module_and_data_file(root, wheel):
    expected = {f"insulattice/{path}" for path in tree_files(root, "*.py", *DATA)}
    assert {name for name in wheel.namelist() if ".dist-info/" not in name} == expected


def test_the_sdist_holds_every_module_and_data_file(root, built):
    with tarfile.open(next(built.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    also = {"README.md", "LICENSE", "setup.cfg", "pyproject.toml", "constraints.txt", "tests/conftest.py"}
    assert tree_files(root, "*.py", *DATA) | also <= names


def test_the_wheel_says_its_licence_command_and_extras(root, wheel):
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    info = next(n.partition("/")[0] for n in wheel.namelist() if ".dist-info/" in n)
    metadata = email.message_from_string(wheel.read(f"{info}/METADATA").decode())
    assert metadata["License-Expression"] == "BSD-3-Clause"
    assert set(metadata.get_all("Provides-Extra")) == set(setup["options.extras_require"])
    assert "insulattice = insulattice.runs.cli:main" in wheel.read(f"{info}/entry_points.txt").decode()


def test_the_wheel_works_where_another_package_is_called_agents(wheel, tmp_path):
    wheel.extractall(tmp_path)
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").write_text("mine = False\n")
    code = """if True:
        import agents, importlib, pathlib, sys
        here = pathlib.Path.cwd()
        for path in sorted((here / "insulattice").rglob("*.py")):
            name = ".".join(path.relative_to(here).with_suffix("").parts).removesuffix(".__init__")
            if not name.startswith(("insulattice.runs.app", "insulattice.runs.mesa_model", "insulattice.runs.page")):
                module = importlib.import_module(name)
                assert pathlib.Path(module.__file__) == path, module.__file__
        assert not agents.mine
    """
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_the_version_is_the_one_in_the_changelog_and_the_citation(root):
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    version = setup["metadata"]["version"]
    assert f"## {version}" in (root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {version}" in (root / "CITATION.cff").read_text(encoding="utf-8")


def test_the_constraints_name_every_package_we_ask_for(root):
    setup = configparser.ConfigParser()
    setup.read(root / "setup.cfg", encoding="utf-8")
    extras = {name: text for name, text in setup["options.extras_require"].items() if name not in UNPINNED}
    texts = [setup["options"]["install_requires"], *extras.values()]
    lines = [
        line
        for text in texts
        for line in text.splitlines()
        if line and not line.startswith(("#", "insulattice"))
    ]
    asked = {line.split()[0].lower() for line in lines}
    pinned = {
        line.split("==")[0] for line in (root / "constraints.txt").read_text().splitlines() if "==" in line
    }
    assert asked <= pinned
