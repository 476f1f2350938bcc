"""Named and free questions to a corpus: the catalogue of the .sql files, the users' views, variables, kind errors.

May import: the standard library, corpus.errors, corpus.stages, corpus.tables. DuckDB's connection comes from outside.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from corpus import tables
from corpus.errors import UserError
from corpus.stages import sql, sql_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection, DuckDBPyRelation

VIEWS = "views"
"""The .sql file that makes the views; every other one in its folder is a named query."""

_VARIABLE = re.compile(r"--\s{2,}(\w+) = (\S+)\s+(.+)")
_MORE = re.compile(r"--\s{4,}(.+)")
_USE = re.compile(r"getvariable\('(\w+)'\)")
_TYPED = re.compile(r"getvariable\('(\w+)'\)::(\w+)")
_WANTED = {"BIGINT": "a whole number", "DOUBLE": "a number", "TIMESTAMPTZ": "a date or time such as 2026-07-31"}
"""What a value must be that a query casts to a type, in words."""
_PARTS = re.compile(r"'(\w+)/part-\*\.parquet'")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w{0,62}", re.ASCII)


@dataclass(frozen=True)
class Variable:
    """What a query may be given: its name, what holds without it, and what it means."""

    name: str
    default: str
    about: str


@dataclass(frozen=True)
class Query:
    """A named query: `about` says what one row is, `text` is the SQL."""

    name: str
    about: str
    variables: tuple[Variable, ...]
    text: str


def names() -> list[str]:
    """List the named queries in the alphabet's order."""
    return sorted(path.stem for path in sql_folder().glob("*.sql") if path.stem != VIEWS)


def queries() -> list[Query]:
    """Return all named queries with their comments."""
    return [_read(name) for name in names()]


def listing() -> list[dict[str, str]]:
    """Return one row a named query, for a list: name, about, variables (name=default)."""
    return [
        {"name": one.name, "about": one.about, "variables": " ".join(f"{v.name}={v.default}" for v in one.variables)}
        for one in queries()
    ]


def described() -> list[tuple[str, str]]:
    """Return the name of each named query with what one row is and its variables, for people to read."""
    out = [("QUERY", "ONE ROW OF ITS ANSWER IS … [variables for -p, and what holds without it]")]
    for one in queries():
        row = one.about.partition(". ")[0].removeprefix("One row is ").removesuffix(".")
        given = ", ".join(f"{v.name}={v.default}" for v in one.variables)
        out.append((one.name, f"{row} [{given}]" if given else row))
    return out


def find(name: str) -> Query:
    """Return the named query. Raises UserError, with the nearest names, where there is none."""
    known = names()
    if name in known:
        return _read(name)
    near = get_close_matches(name, known, 3, 0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`wirecopy sql` lists them"
    raise UserError(f"there is no named query {name!r}; {hint} (a query of your own goes after -q)")


def free(text: str) -> Query:
    """Wrap SQL of the user's own; the variables are those that it asks for with getvariable."""
    used = dict.fromkeys(_USE.findall(text))
    return Query("", "", tuple(Variable(name, "", "") for name in used), text)


def _read(name: str) -> Query:
    """Take a .sql file's opening comment apart: what one row is, then the variables, one a line."""
    text = sql(name)
    about: list[str] = []
    variables: list[Variable] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        if found := _VARIABLE.fullmatch(line):
            variables.append(Variable(*found.groups()))
        elif variables and (more := _MORE.fullmatch(line)):
            last = variables.pop()
            variables.append(Variable(last.name, last.default, f"{last.about} {more[1]}"))
        elif line != "-- Variables:":
            about.append(line.removeprefix("--").strip())
    return Query(name, " ".join(about), tuple(variables), text)


def install_views(con: "DuckDBPyConnection", folder: Path) -> None:
    """Make the users' views (articles, pages, pairs, clusters, copies, publishers) in the connection.

    sql/views.sql names the part files by globs relative to the corpus's folder, as the plain shell needs them; here
    each glob becomes an absolute one.
    """
    con.execute(located(sql(VIEWS), folder))


def located(text: str, folder: Path) -> str:
    """Return SQL in which the globs of part files, relative in the text, lead to this corpus."""
    return _PARTS.sub(lambda found: _quoted(tables.pattern(folder, found[1])), text)


def tables_read() -> list[str]:
    """List the tables that the views read."""
    return sorted(set(_PARTS.findall(sql(VIEWS))))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def set_variables(con: "DuckDBPyConnection", query: Query, values: Mapping[str, object]) -> None:
    """Give the query its variables. Raises UserError for a name that it does not take and a value of another type."""
    types = dict(_TYPED.findall(query.text))
    known = [variable.name for variable in query.variables]
    for name, value in values.items():
        if name not in known or not _IDENTIFIER.fullmatch(name):
            takes = f"takes {', '.join(known)}" if known else "takes no variables"
            raise UserError(f"unknown variable {name!r}; {query.name or 'the query'} {takes}")
        if (kind := types.get(name)) in _WANTED and not _fits(con, value, kind):
            raise UserError(f"{name} must be {_WANTED[kind]}, not {value!r}")
        con.execute(f"SET VARIABLE {name} = ?", [value])


def _fits(con: "DuckDBPyConnection", value: object, kind: str) -> bool:
    """Tell whether DuckDB can read the value as that type; nothing always fits."""
    ((fits,),) = con.execute(f"SELECT $1 IS NULL OR TRY_CAST($1 AS {kind}) IS NOT NULL", [value]).fetchall()
    return bool(fits)


def parse_variables(settings: list[str]) -> dict[str, str]:
    """Read `name=value` words as the command line gives them. Raises UserError for a word of another form."""
    values = {}
    for word in settings:
        name, equals, value = word.partition("=")
        if not equals or not _IDENTIFIER.fullmatch(name):
            raise UserError(f"-p wants name=value, for example -p top=10, not {word!r}")
        values[name] = value
    return values


def relation(con: "DuckDBPyConnection", query: Query, values: Mapping[str, object]) -> "DuckDBPyRelation":
    """Return the query's answer as a DuckDB relation, not yet computed, from a connection that has the views.

    It has a cursor of its own, so that its variables hold whenever it is computed and touch no other answer.
    """
    cursor = con.cursor()
    set_variables(cursor, query, values)
    return cursor.sql(query.text)


def explain(error: Exception) -> UserError:
    """Turn DuckDB's error into one sentence, its suggestions kept and its picture of the line left out."""
    text = str(error).split("\n\nLINE ")[0]
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = re.sub(r"^[A-Za-z ]+ Error: ", "", lines[0]) if lines else type(error).__name__
    hints = [line for line in lines[1:] if line.startswith(("Did you mean", "Candidate", "Hint"))]
    sentence = "; ".join([first.rstrip("!. "), *(hint[0].lower() + hint[1:].rstrip(".") for hint in hints)])
    if re.match("(failed to|could not) allocate", first, re.IGNORECASE):
        return UserError("the query needs more memory than it may use; narrow it or allow more")
    if first.startswith("Values were not provided"):
        sentence += "; write getvariable('name') in the query and give -p name=value"
    return UserError(f"the query cannot be answered: {sentence}")


def reference() -> str:
    """Return the named queries as a page of Markdown, for docs/queries.md."""
    lines = [
        "# Named queries",
        "",
        "`wirecopy sql NAME` answers one, `-p name=value` sets a variable. The same files run in DuckDB's own shell:",
        "`cd data && duckdb -init ../sql/views.sql -f ../sql/NAME.sql`; there `-cmd \"SET VARIABLE name = 'value'\"`,",
        "put before `-f`, sets a variable.",
        "",
    ]
    for query in queries():
        lines += [f"## {query.name}", "", query.about, ""]
        lines += [f"- `{v.name}` (default: {v.default}): {v.about}" for v in query.variables]
        lines += [""] if query.variables else []
    return "\n".join(lines)
