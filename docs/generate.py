"""Writes the reference pages of docs/ from the program itself; `--check` only compares, for CI.

May import: the standard library and the program. What no code can tell is in columns.toml (what a column means) and
figures.toml (the measured quality, which README.md and method.md show between two comments).
"""

import argparse
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from inspect import getsource
from pathlib import Path

from corpus import arguments, query, schemas, tables
from corpus.engine import connect
from corpus.settings import Settings
from corpus.stages import sql

DOCS = Path(__file__).parent
NOTE = "<!-- Written by `make docs` from the program; change the program, not this page. -->\n\n"


def cli_page() -> str:
    """Return the reference of the command line: every command, its arguments and options."""
    parser = arguments.parser()
    lines = ["# Command line", "", parser.description or "", ""]
    for name, command, help_ in commands(parser):
        lines += [
            f"## wirecopy {name}",
            "",
            sentence(command.description or help_),
            "",
            f"```\n{usage(command)}\n```",
            "",
        ]
        lines += [*options(command), ""]
        if command.epilog:
            lines += [command.epilog, ""]
    return "\n".join(lines)


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Yield each subcommand with its parser and its line of help, in the program's order."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help or "" for choice in action._choices_actions}
            yield from ((name, command, helps.get(name, "")) for name, command in action.choices.items())


def sentence(text: str) -> str:
    """Return a line of help as a sentence."""
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def usage(command: argparse.ArgumentParser) -> str:
    """Return the usage in one line; argparse breaks it differently in each version of Python."""
    positional = [a for a in command._actions if not a.option_strings]
    return " ".join([command.prog, "[options]", *(shown(action) for action in positional)])


def shown(action: argparse.Action) -> str:
    """Return a positional argument as the usage shows it."""
    name = str(action.metavar or "|".join(map(str, action.choices or ())) or action.dest)
    return {"*": f"[{name} …]", "+": f"{name} [{name} …]", "?": f"[{name}]"}.get(str(action.nargs), name)


def options(command: argparse.ArgumentParser) -> Iterator[str]:
    """Yield one line an argument or option."""
    for action in command._actions:
        if action.help == argparse.SUPPRESS or isinstance(action, argparse._HelpAction):
            continue
        name = ", ".join(f"`{option}`" for option in action.option_strings) or f"`{shown(action)}`"
        value = "" if not action.option_strings or action.nargs == 0 else f" {metavar(action)}"
        yield f"- {name}{value}: {told(command, action)}"


def metavar(action: argparse.Action) -> str:
    """Return what stands for an option's value."""
    if action.choices and not action.metavar:
        return "|".join(str(choice) for choice in action.choices)
    return str(action.metavar or action.dest.upper())


def told(command: argparse.ArgumentParser, action: argparse.Action) -> str:
    """Return an option's help with its %(default)s and the like filled in."""
    known = {**vars(action), "prog": command.prog}
    return (action.help or "") % {name: value for name, value in known.items() if value is not argparse.SUPPRESS}


def tables_page() -> str:
    """Return the reference of tables, views and settings."""
    meanings = tomllib.loads((DOCS / "columns.toml").read_text("utf-8"))
    lines = ["# Tables, views and settings", "", meanings["about"].strip(), ""]
    for kind, place in (("table", stored_columns()), ("view", view_columns())):
        for name, columns in place.items():
            lines += [f"## {kind} `{name}`", "", row_of(kind, name), ""]
            lines += ["| column | type | meaning |", "|---|---|---|"]
            own = {**meanings["columns"], **meanings.get(name, {})}
            lines += [f"| `{column}` | {type_} | {own[column]} |" for column, type_ in columns]
            lines += [""]
    return "\n".join([*lines, "## Settings", "", *settings_rows(), ""])


def stored_columns() -> dict[str, list[tuple[str, str]]]:
    """Table → its columns and their Arrow types."""
    return {name: [(field.name, str(field.type)) for field in schema] for name, schema in schemas.SCHEMAS.items()}


def view_columns() -> dict[str, list[tuple[str, str]]]:
    """View → its columns and their DuckDB types, as an empty corpus tells them; not those that are a table as it is."""
    with tempfile.TemporaryDirectory() as folder:
        tables.create(Path(folder))
        with connect(Path(folder)) as con:
            query.install_views(con, Path(folder))
            names = re.findall(r"CREATE OR REPLACE VIEW (\w+)", sql("views"))
            found = {name: con.execute(f"DESCRIBE {name}").fetchall() for name in names}
    stored = {name: [column for column, _ in columns] for name, columns in stored_columns().items()}
    views = {name: [(row[0], row[1]) for row in rows] for name, rows in found.items()}
    return {name: rows for name, rows in views.items() if [column for column, _ in rows] != stored.get(name)}


def row_of(kind: str, name: str) -> str:
    """Return what one row is, from the comment above the table's schema or the view's SQL."""
    text = sql("views") if kind == "view" else Path(schemas.__file__).read_text("utf-8")
    mark, opening = ("--", f"CREATE OR REPLACE VIEW {name} ") if kind == "view" else ("#", f'"{name}": ')
    found = re.search(rf"((?:^ *{mark} .*\n)+) *{re.escape(opening)}", text, re.MULTILINE)
    lines = found[1].splitlines() if found else []
    return " ".join(line.strip().removeprefix(mark).strip() for line in lines)


def settings_rows() -> Iterator[str]:
    """Yield the table of settings: name, default, and the docstring under each field."""
    told = dict(re.findall(r'^    (\w+): .*\n    """((?:.|\n)*?)"""', getsource(Settings), re.MULTILINE))
    yield from ("| setting | default | meaning |", "|---|---|---|")
    for field in fields(Settings):
        yield f"| `{field.name}` | {field.default} | {' '.join(told.get(field.name, '').split())} |"


def figures() -> str:
    """Return the table of measured quality."""
    told = tomllib.loads((DOCS / "figures.toml").read_text("utf-8"))
    lines = [told["about"].strip(), "", "| articles | precision | recall | F1 |", "|---|---|---|---|"]
    for row in told["row"]:
        what = f"{row['set']}; {row['note']}" if "note" in row else row["set"]
        lines += [f"| {what} | {row.get('precision', '')} | {row.get('recall', '')} | {row['f1']} |"]
    return "\n".join(lines)


def with_figures(name: str) -> str:
    """Return a page written by hand with the figures of today between its two comments."""
    text = (DOCS / name).read_text("utf-8")
    found = re.sub(rf"(?<={FIGURES[0]}\n).*?(?={FIGURES[1]})", lambda _: figures() + "\n", text, flags=re.DOTALL)
    return found.rstrip()


FIGURES = ("<!-- figures: from docs/figures.toml by `make docs` -->", "<!-- end of figures -->")
PAGES = {"cli.md": cli_page, "tables.md": tables_page, "queries.md": query.reference}
WITH_FIGURES = ("../README.md", "method.md")


def main() -> int:
    """Write the pages, or with --check say which of them are out of date (exit status 1)."""
    check = sys.argv[1:] == ["--check"]
    stale = []
    made = {name: NOTE + page().rstrip() for name, page in PAGES.items()}
    made |= {name: with_figures(name) for name in WITH_FIGURES}
    for name, page in made.items():
        text = page + "\n"
        path = (DOCS / name).resolve()
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(str(path.relative_to(DOCS.parent)))
        if not check:
            path.write_text(text, "utf-8")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; run `make docs` and commit the result", file=sys.stderr)
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
