"""Runs the notebooks of docs/notebooks in Jupyter's own kernel and keeps what they show.

    python docs/notebooks.py            say which notebook shows another kind of result than the program
    python docs/notebooks.py --write    run them all and keep the results in them

They run in a folder with the demo's corpus (demo-data), as the tutorials do. May import: nbclient, nbformat, the
program's docs/sessions.py and the standard library.
"""

import sys
import tempfile
from pathlib import Path

import nbformat
import sessions
from nbclient import NotebookClient

FOLDER = Path(__file__).resolve().parent / "notebooks"
SECONDS = 300


def paths() -> list[Path]:
    """List the notebooks."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Return the notebook as it is when it has run in the folder, free of times and machines."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", coalesce_streams=True, resources=place).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.validate(notebook)
    return notebook


def shown(notebook: nbformat.NotebookNode) -> list[list[set[str]]]:
    """Return in which forms each cell of code shows its results; figures may change with the method."""
    codes = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [[set(one.get("data", {one.output_type: ""})) for one in cell.outputs] for cell in codes]


def differs(path: Path, folder: Path) -> str | None:
    """Return what is wrong with the first cell that shows its result in another form than the notebook, or None."""
    kept = nbformat.read(path, as_version=4)
    codes = [cell.source for cell in kept.cells if cell.cell_type == "code"]
    for source, was, now in zip(codes, shown(kept), shown(executed(path, folder)), strict=True):
        if was != now:
            return f"{path.name} shows {was} and not {now} under `{source}`; `python docs/notebooks.py --write`"
    return None


def main() -> int:
    """Check the notebooks, or write their results."""
    wrong = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "notebooks"
        sessions.prepare(folder)
        for path in paths():
            if "--write" in sys.argv[1:]:
                nbformat.write(executed(path, folder), path)
            elif told := differs(path, folder):
                wrong.append(told)
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
