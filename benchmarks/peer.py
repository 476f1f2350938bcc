"""Clusters near copies with one other tool, as its own guide does it: python peer.py TOOL TEXTS.parquet LABELS.npy.

Runs in the tool's own environment (see peers.py) and imports nothing of wirecopy. Texts come in normal form, words
parted by single spaces. Shingles are runs of five words, signatures have 128 permutations, the threshold is 0.7; the
bands are the tool's own choice for these, or where it makes none the 14 of 9 rows that datasketch chooses.
"""

import pickle
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

THRESHOLD, PERMUTATIONS, SHINGLE = 0.7, 128, 5
BANDS, ROWS = 14, 9


def main() -> None:
    """Read the texts, let the tool do its work, keep the label of each text."""
    tool, texts, labels = sys.argv[1:4]
    np.save(labels, TOOLS[tool](Path(texts)))


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """Yield the texts as wirecopy reads them: a whole table at once costs up to four times the CPU time."""
    file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    yield from file.iter_batches(1000, columns=["normal"])


def read(path: Path) -> list[str]:
    return [text for batch in batches(path) for text in batch.column(0).to_pylist()]


def shingles(text: str) -> list[str]:
    words = text.split(" ")
    return [" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))]


def components(count: int, pairs: Iterable[tuple[int, int]]) -> np.ndarray:
    """Return for each text the least number that the pairs link it to."""
    parent = list(range(count))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in pairs:
        x, y = root(a), root(b)
        parent[max(x, y)] = min(x, y)
    return np.array([root(i) for i in range(count)])


def near_enough(index: Any, signatures: Sequence[Any]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that an index of datasketch's kind finds and whose estimated similarity reaches the threshold."""
    for number, signature in enumerate(signatures):
        for other in index.query(signature):
            if other < number and signature.jaccard(signatures[other]) >= THRESHOLD:
                yield other, number


def with_datasketch(path: Path) -> np.ndarray:
    from datasketch import MinHash, MinHashLSH

    texts = read(path)
    each = ([shingle.encode() for shingle in set(shingles(text))] for text in texts)
    signatures = MinHash.bulk(each, num_perm=PERMUTATIONS)
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)
    with index.insertion_session() as session:
        for number, signature in enumerate(signatures):
            session.insert(number, signature)
    return components(len(texts), near_enough(index, signatures))


def with_rensa(path: Path) -> np.ndarray:
    from rensa import RMinHash, RMinHashLSH

    texts = read(path)
    signatures = []
    index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=16)
    for number, text in enumerate(texts):
        signature = RMinHash(num_perm=PERMUTATIONS, seed=1)
        signature.update(shingles(text))
        index.insert(number, signature)
        signatures.append(signature)
    return components(len(texts), near_enough(index, signatures))


def with_gaoya(path: Path) -> np.ndarray:
    from gaoya.minhash import MinHashStringIndex

    texts = read(path)
    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=THRESHOLD, num_bands=BANDS, band_size=ROWS, analyzer="word",
        ngram_range=(SHINGLE, SHINGLE),
    )  # fmt: skip
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    found = ((other, number) for number, near in enumerate(index.par_bulk_query(texts)) for other in near)
    return components(len(texts), found)


def with_datatrove(path: Path) -> np.ndarray:
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import MinhashDedupBuckets, MinhashDedupCluster, MinhashDedupSignature
    from datatrove.pipeline.dedup.minhash import MinhashConfig
    from datatrove.utils.text import TextNormConfig
    from datatrove.utils.typeshelper import Languages

    steps = ("lowercase", "norm_whitespace", "remove_punctuation", "norm_unicode_diacritics", "norm_numbers",
             "norm_weekdays", "norm_monthnames")  # fmt: skip
    plain = TextNormConfig(**dict.fromkeys(steps, False))
    config = MinhashConfig(n_grams=SHINGLE, num_buckets=BANDS, hashes_per_bucket=ROWS, norm_config=plain)
    count = pq.read_metadata(path).num_rows

    def texts(data: object = None, rank: int = 0, world_size: int = 1) -> Iterator[Document]:
        for number, text in enumerate(read(path)):
            yield Document(text=text, id=str(number))

    with tempfile.TemporaryDirectory() as folder:
        one, two, three = (f"{folder}/{name}" for name in ("signatures", "buckets", "clusters"))
        signature = MinhashDedupSignature(output_folder=one, config=config, language=Languages.english)
        signature.get_shingles = lambda text: _hashed(shingles(text))  # words are parted already
        pipelines = (
            ([texts, signature], 1),
            ([MinhashDedupBuckets(input_folder=one, output_folder=two, config=config)], BANDS),
            ([MinhashDedupCluster(input_folder=two, output_folder=three, config=config, save_cluster_id=True)], 1),
        )
        for number, (pipeline, tasks) in enumerate(pipelines):
            LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=f"{folder}/log{number}").run()
        labels = np.arange(count)
        for file in Path(three).glob("*.clusters"):
            for number, cluster in np.fromfile(file, "<u4").reshape(-1, 2):
                labels[number] = -1 - int(cluster)
    return labels


def _hashed(of_text: list[str]) -> np.ndarray:
    from datatrove.utils.hashes.xxhash import xxhash64

    return np.array([[xxhash64(shingle)] for shingle in of_text], np.uint64)


def with_text_dedup(path: Path) -> np.ndarray:
    from text_dedup import minhash

    with tempfile.TemporaryDirectory() as folder:
        minhash.main([
            "--path", "parquet", "--data_files", str(path), "--split", "train", "--column", "normal",
            "--cache_dir", f"{folder}/cache", "--output", f"{folder}/out", "--debug", "--ngram", str(SHINGLE),
            "--threshold", str(THRESHOLD), "--num_perm", str(PERMUTATIONS), "--num_proc", "2", "--min_length", "1",
        ], standalone_mode=False)  # fmt: skip
        with (Path(folder) / "out" / "uf.pkl").open("rb") as file:
            links = pickle.load(file)
    parents = links["parent"] if isinstance(links, dict) and "parent" in links else links
    parents = parents if isinstance(parents, dict) else parents.parent
    return components(pq.read_metadata(path).num_rows, ((int(a), int(b)) for a, b in parents.items()))


def with_daft(path: Path) -> np.ndarray:
    import daft
    from daft import col
    from daft.functions import chunk, list_agg, list_count, minhash
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    table = pa.Table.from_batches(batches(path))
    count = len(table)
    rows = daft.from_arrow(table.append_column("n", [np.arange(count)]))
    signature = minhash(col("normal"), num_hashes=BANDS * ROWS, ngram_size=SHINGLE, hash_function="xxhash")
    rows = rows.select("n", signature.alias("signature"))
    rows = rows.with_column("bucket", chunk(col("signature"), ROWS)).exclude("signature")
    rows = rows.with_column("band", daft.lit(list(range(BANDS)))).explode("band", "bucket")
    buckets = rows.groupby("band", "bucket").agg(list_agg(col("n"))).where(list_count(col("n")) > 1)
    members = buckets.select("n").to_arrow()["n"].combine_chunks()
    ends = members.offsets.to_numpy()
    left, right = members.flatten().to_numpy(), np.repeat(members.flatten().to_numpy()[ends[:-1]], np.diff(ends))
    _, labels = connected_components(coo_array((np.ones(len(left)), (left, right)), (count, count)), directed=False)
    return labels


TOOLS = {
    "datasketch": with_datasketch,
    "rensa": with_rensa,
    "gaoya": with_gaoya,
    "datatrove": with_datatrove,
    "text-dedup": with_text_dedup,
    "daft": with_daft,
}

if __name__ == "__main__":
    main()
