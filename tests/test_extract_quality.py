"""Extraction beside trafilatura alone, on the benchmark's pages, held against the floors in quality.toml."""

import importlib.util
import sys
import tomllib
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = tomllib.loads((ROOT / "tests" / "quality.toml").read_text(encoding="utf-8"))["extraction"]


@pytest.fixture(scope="module")
def bench() -> Any:
    """The module benchmarks/extract.py, with its neighbours."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        spec = importlib.util.spec_from_file_location("extraction_bench", ROOT / "benchmarks" / "extract.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


def test_better_than_trafilatura_alone_and_nothing_lost(bench: Any) -> None:
    pages = list(bench.pages(1))
    assert len(pages) > 100
    plain = [bench.scores(bench.plain(page), page.text) for page in pages]
    ours = [bench.scores(bench.ours(page), page.text) for page in pages]
    recall, before = (fmean(score[1] for score in scores) for scores in (ours, plain))
    assert recall >= max(FLOORS["recall"], before)
    f1, f1_before = (fmean(score[2] for score in scores) for scores in (ours, plain))
    assert f1 >= FLOORS["f1"]
    assert f1 - f1_before >= FLOORS["f1_above"]
    differences = {
        f"{number} {page.article.url}": [after[2] - other[2]]
        for number, (page, other, after) in enumerate(zip(pages, plain, ours, strict=True))
    }
    assert bench.interval(differences)[0] > 0.008
