"""The demo, run once for all the tests that look at what it leaves behind."""

import fcntl
import importlib.util
import os
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def script(name: str) -> ModuleType:
    """Load a script of docs/ as a module."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
        assert spec is not None and spec.loader is not None
        sys.modules[name] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[name]


def demo_folder(factory: pytest.TempPathFactory, name: str) -> Path:
    """Return a folder of one's own with demo-data, what `wirecopy demo` printed, and sql/.

    However many processes run tests, the demo runs once: the first one makes it, the others wait and copy.
    """
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demo-session"
    shared.mkdir(exist_ok=True)
    with (shared / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "whole").exists():
            shutil.rmtree(shared / "made", ignore_errors=True)
            script("sessions").prepare(shared / "made")
            (shared / "whole").touch()
    own = factory.mktemp("session") / name
    shutil.copytree(shared / "made", own, symlinks=True)
    return own
