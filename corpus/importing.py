"""Articles that exist already, from files of any kind into the `pages` table, each with one counted outcome.

May import: pyarrow, corpus.columns, readers, streams, tables, errors and the standard library.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from corpus import tables
from corpus.columns import to_pages
from corpus.owners import Owners
from corpus.plain import visible
from corpus.readers import read
from corpus.streams import Refusal

Progress = Callable[[int], None]
"""Told the number of rows handled so far in all files."""
SENTENCES = 5
"""So many sentences are kept for each file and outcome."""
PART_ROWS, PART_BYTES = 10_000, 48 << 20
MANY = 50
"""More files than this are accounted for together, so that small files do not each become a part file."""


@dataclass(frozen=True, slots=True)
class FileAccount:
    """What became of one file's rows (or one folder's, or those of many files together)."""

    name: str
    added: int = 0
    already_there: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    """Rows that did not come in, by outcome."""
    sentences: tuple[str, ...] = ()
    """What went wrong and what is worth a remark, one sentence each; of many alike the first few."""

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.name}: {_counts(self)}"


@dataclass(frozen=True, slots=True)
class ImportAccount:
    """What an import did; str() is one line."""

    files: tuple[FileAccount, ...] = ()

    @property
    def added(self) -> int:
        """Rows that are new in the pages table."""
        return sum(file.added for file in self.files)

    @property
    def already_there(self) -> int:
        """Rows that the pages table had before."""
        return sum(file.already_there for file in self.files)

    @property
    def refused(self) -> dict[str, int]:
        """Rows that did not come in, by outcome, the most frequent first."""
        return dict(sum((Counter(file.refused) for file in self.files), Counter()).most_common())

    @property
    def sentences(self) -> tuple[str, ...]:
        """All files' sentences."""
        return tuple(sentence for file in self.files for sentence in file.sentences)

    @property
    def failed(self) -> bool:
        """Whether nothing came in although something was there to come in."""
        return not self.added and not self.already_there and bool(self.refused)

    def __str__(self) -> str:
        """Say it all in one line."""
        return _counts(self)


def import_files(
    folder: Path,
    paths: Sequence[Path],
    *,
    publisher: str | None = None,
    progress: Progress | None = None,
    make: Callable[[Path], None] = tables.create,
) -> ImportAccount:
    """Append the articles in the files and folders to the corpus's pages table, and give an account of every row.

    A row that the table has already is left out, so that an import that was broken off is simply done again.
    `publisher` is the name for rows that name none; without it they get the registered domain of their URL. Broken
    rows and files are counted and told in a sentence, and cost none of their neighbours. `make` makes the corpus where
    it is missing, unless not one of the files is there. Raises UserError where the corpus folder cannot be written.
    """
    if any(map(_is_there, paths)):
        make(folder)
    bundles = [[path] for path in paths] if len(paths) <= MANY else [list(paths)]
    handled = 0
    accounts = []
    for bundle in bundles:
        desk = _Desk(bundle, publisher)
        for added, there in tables.append_new(folder, "pages", desk.parts(folder)):
            desk.added, desk.there, handled = desk.added + added, desk.there + there, handled + added + there
            if progress:
                progress(handled)
        accounts.append(desk.account())
    return ImportAccount(tuple(accounts))


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # in a folder that may not be looked into: the account will say so
        return True


class _Desk:
    """Takes in the rows of some files, bundles them into parts, and counts what does not come in."""

    def __init__(self, paths: Sequence[Path], publisher: str | None) -> None:
        self.paths, self.publisher = paths, publisher
        self.added = self.there = 0
        self.refused: Counter[str] = Counter()
        self.told: dict[str, list[str]] = {}
        self.untold: Counter[str] = Counter()

    def parts(self, folder: Path) -> Iterator[pa.RecordBatch]:
        """Yield the files' pages in batches that make good part files."""
        owners = Owners(folder)
        held: list[pa.RecordBatch] = []
        for batch in self._pages(owners):
            held.append(batch)
            if sum(map(len, held)) >= PART_ROWS or sum(part.nbytes for part in held) >= PART_BYTES:
                yield _one(held)
                held = []
        if held:
            yield _one(held)

    def _pages(self, owners: Owners) -> Iterator[pa.RecordBatch]:
        for path in self.paths:
            rows = 0
            for found in read(path):
                rows += 1
                if isinstance(found, Refusal):
                    self._refuse(found)
                elif isinstance(found, str):
                    self._tell("", found)
                else:
                    pages = to_pages(found, self.publisher)
                    for refusal in pages.refusals:
                        self._refuse(refusal)
                    for remark in pages.remarks:
                        self._tell("", remark)
                    batch, taken = owners.screen(pages, found) if pages.own_ids else (pages.batch, [])
                    for refusal in taken:
                        self._refuse(refusal)
                    if len(batch):
                        yield batch
            if not rows:
                self._refuse(Refusal("empty_file", f"{path} has no rows"))

    def _refuse(self, refusal: Refusal) -> None:
        self.refused[refusal.outcome] += refusal.rows
        if refusal.sentence:
            self._tell(refusal.outcome, refusal.sentence)

    def _tell(self, outcome: str, sentence: str) -> None:
        told = self.told.setdefault(outcome, [])
        if len(told) < SENTENCES:
            told.append(visible(sentence))
        else:
            self.untold[outcome] += 1

    def account(self) -> FileAccount:
        """Return the account as it stands."""
        name = str(self.paths[0]) if len(self.paths) == 1 else f"{len(self.paths):,} files"
        sentences = []
        for outcome, told in self.told.items():
            sentences += told
            if self.untold[outcome]:
                sentences.append(f"{visible(name)}: and {self.untold[outcome]:,} more like these")
        return FileAccount(visible(name), self.added, self.there, dict(self.refused.most_common()), tuple(sentences))


def _one(held: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    return pa.concat_batches(held)


def _counts(account: FileAccount | ImportAccount) -> str:
    refused = ", ".join(f"{count:,} {outcome}" for outcome, count in account.refused.items())
    total = sum(account.refused.values())
    left_out = f", {total:,} left out ({refused})" if total else ""
    return f"{account.added:,} added, {account.already_there:,} already there{left_out}"
