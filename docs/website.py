"""Builds the documentation as a site: the pages of docs/, the README, and the notebooks with their results.

    python docs/website.py        writes build/site (`make site` installs what it needs first)

The pages link to one another as the repository has them; here they are laid into one folder, their links with them.
May import: the standard library; mkdocs and its theme run as a program.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS, INTO = ROOT / "docs", ROOT / "build" / "site-pages"
OUTSIDE = {"README.md": "readme.md", "CHANGELOG.md": "changes.md", "CONTRIBUTING.md": "contributing.md"}
_LINK = re.compile(r"(\]\()(?!https?:|#)([^)\s]+)(\))")


def pages() -> Iterator[tuple[str, str]]:
    """Yield the name and text of every page of the site."""
    for name, to in OUTSIDE.items():
        yield to, moved((ROOT / name).read_text("utf-8"), "")
    for path in sorted(DOCS.glob("*.md")):
        yield path.name, moved(path.read_text("utf-8"), "docs/")
    for path in sorted((DOCS / "notebooks").glob("*.ipynb")):
        yield f"{path.stem}.md", notebook(json.loads(path.read_text("utf-8")))


def moved(text: str, base: str) -> str:
    """Return a page whose links lead to where the site has what they name; other files are named, not linked."""
    return _LINK.sub(lambda found: found[1] + target(base + found[2]) + found[3], text)


def target(link: str) -> str:
    """Return where the site has a file of the repository."""
    path, hash_, part = link.partition("#")
    path = str(Path(path)).removeprefix("docs/../")
    if path in OUTSIDE:
        return OUTSIDE[path] + hash_ + part
    found = path.removeprefix("docs/").removeprefix("notebooks/")
    return (f"{Path(found).stem}.md" if found.endswith(".ipynb") else found) + hash_ + part


def notebook(content: dict[str, list[dict[str, object]]]) -> str:
    """Return a notebook as Markdown: its text, its code, and what each cell showed."""
    return "\n\n".join(part for cell in content["cells"] for part in _cell(cell))


def _cell(cell: dict[str, object]) -> Iterator[str]:
    source = "".join(cell["source"])  # type: ignore[arg-type]
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for one in cell["outputs"]:  # type: ignore[attr-defined]
        data = one.get("data", {})
        if "text/html" in data:
            lines = "".join(data["text/html"]).splitlines()
            yield "\n".join(line for line in lines if line.strip())
        else:
            text = "".join(data.get("text/plain") or one.get("text", ""))
            yield f"```text\n{text.rstrip()}\n```"


def main() -> int:
    """Lay the pages out and build the site."""
    shutil.rmtree(INTO, ignore_errors=True)
    INTO.mkdir(parents=True)
    for name, text in pages():
        (INTO / name).write_text(text, encoding="utf-8")
    shutil.copytree(DOCS / "images", INTO / "images")
    shutil.copy(ROOT / "corpus" / "web" / "static" / "icon.svg", INTO / "images")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(DOCS / "mkdocs.yml")]
    return subprocess.run(command, check=False, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}).returncode


if __name__ == "__main__":
    sys.exit(main())
