"""Exact search by NumPy and FAISS, BM25 by bm25s: prints rows for the tables of `npm run bench -- search`.

python bench/peers/search.py exact|bm25 FOLDER DIMENSIONS TOP THREADS

Threads of the libraries are set by the environment that the benchmark gives.
"""

import sys
import time
from pathlib import Path

import numpy as np

PASSES = 3


def best_rate(queries, search):
    best = min(timed(search) for _ in range(PASSES))
    return queries / best


def timed(search):
    started = time.perf_counter()
    search()
    return time.perf_counter() - started


def row(name, threads, rate, note=""):
    print(f"| {name} | {threads} | {rate:,.0f} | {note} |", flush=True)


def exact(folder, dimensions, top, threads):
    documents = np.fromfile(folder / "documents.f32", np.float32).reshape(-1, dimensions)
    queries = np.fromfile(folder / "queries.f32", np.float32).reshape(-1, dimensions)

    def note(rate):
        return f"{2 * rate * documents.size / 1e9:.1f} GFLOPS with sorting"

    def by_numpy():
        for start in range(0, len(queries), 256):
            scores = queries[start : start + 256] @ documents.T
            best = np.argpartition(-scores, top, axis=1)[:, :top]
            order = np.take_along_axis(-scores, best, axis=1).argsort(axis=1)
            np.take_along_axis(best, order, axis=1)

    rate = best_rate(len(queries), by_numpy)
    row(f"NumPy {np.__version__}, float32", threads, rate, note(rate))
    try:
        import faiss
    except ModuleNotFoundError:
        return
    faiss.omp_set_num_threads(threads)
    index = faiss.IndexFlatIP(dimensions)
    index.add(documents)
    rate = best_rate(len(queries), lambda: index.search(queries, top))
    row(f"FAISS {faiss.__version__}, IndexFlatIP", threads, rate, note(rate))


def texts(folder, name):
    ids = np.fromfile(folder / f"{name}_ids.u32", np.uint32).tolist()
    offsets = np.fromfile(folder / f"{name}_offsets.u32", np.uint32)
    return [ids[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


def bm25(folder, _dimensions, top, threads):
    import bm25s

    documents, queries = texts(folder, "document"), texts(folder, "query")
    vocabulary = {str(token): token for token in range(1 + max(max(row) for row in documents + queries))}

    def tokenized(rows):
        return bm25s.tokenization.Tokenized(ids=rows, vocab=vocabulary)

    backends = ["numpy"]
    try:
        import numba  # noqa: F401

        backends.append("numba")
    except ModuleNotFoundError:
        pass
    for backend in backends:
        model = bm25s.BM25(method="lucene", k1=0.9, b=0.4, backend=backend)
        model.index(tokenized(documents), show_progress=False)
        asked = tokenized(queries)
        workers = threads if threads > 1 else 0

        def search():
            model.retrieve(asked, k=top, n_threads=workers, show_progress=False)

        search()
        row(f"bm25s {bm25s.__version__}, {backend}", threads, best_rate(len(queries), search))


if __name__ == "__main__":
    what, folder, *numbers = sys.argv[1:]
    {"exact": exact, "bm25": bm25}[what](Path(folder), *map(int, numbers))
