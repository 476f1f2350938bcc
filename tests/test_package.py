"""The package as a stranger gets it: built as a wheel, installed in an environment of its own, used elsewhere."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
needs_cli = pytest.mark.skipif(not (ROOT / "corpus/cli.py").exists(), reason="corpus/cli.py is not written yet")


def run(command: list[str | Path], folder: Path) -> str:
    """Run the command in the folder, free of this process's Python settings; return what it printed."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "WIRECOPY"))}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=kept, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder]
    run([*pip, "--build-constraint", "constraints.txt", "."], ROOT)
    (built,) = folder.glob("wirecopy-*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of a fresh environment that holds the wheel, installed from wheels alone."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False)
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", home / "bin" / "python", "install"]
    run([*pip, "--quiet", "--no-compile", "--only-binary", ":all:", "-c", "constraints.txt", wheel], ROOT)
    return home / "bin"


def files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_holds_the_packages_their_data_and_the_sql(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wanted = {f"corpus/{name}" for name in files(ROOT / "corpus")}
    wanted |= {f"spiders/{name}" for name in files(ROOT / "spiders")}
    wanted |= {f"corpus/sql/{name}" for name in files(ROOT / "sql")}
    assert wanted - names == set()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"corpus", "spiders"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_package_is_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    printed = run([installed / "python", "-c", "import corpus, spiders; print(corpus.__file__)"], tmp_path)
    assert Path(printed.strip()).is_relative_to(installed.parent)


@needs_cli
def test_the_command_works_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    shown = run([installed / "wirecopy", "--help"], tmp_path)
    for verb in ("demo", "crawl", "import", "run", "sql"):
        assert verb in shown
    assert list(tmp_path.iterdir()) == []


@needs_cli
@pytest.mark.skipif(not (ROOT / "corpus/demo/run.py").exists(), reason="the demo is not written yet")
def test_the_demo_and_the_named_queries_work_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    run([installed / "wirecopy", "demo", "--corpus", "made-up"], tmp_path)
    queries = {path.stem for path in (ROOT / "sql").glob("*.sql")} - {"views"}
    listed = run([installed / "wirecopy", "sql", "--corpus", "made-up"], tmp_path)
    assert {name for name in queries if name not in listed} == set()
    question = "SELECT count(*) AS copies FROM copies"
    command = [installed / "wirecopy", "sql", "--corpus", "made-up", "--format", "csv", "-q", question]
    assert int(run(command, tmp_path).split()[-1]) > 0
