"""Exact search by NumPy, for comparison: prints rows for the table of `npm run bench -- evaluate`.

python bench/peers/exact_search.py EMBEDDINGS_FOLDER TOKENS_FOLDER
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
from bm25_agreement import tensors  # noqa: E402

K = 100


def search(queries, documents):
    for start in range(0, len(queries), 256):
        scores = queries[start : start + 256] @ documents.T
        best = np.argpartition(-scores, K, axis=1)[:, :K]
        np.take_along_axis(scores, best, axis=1).argsort(axis=1)


def main(embeddings, tokens):
    splits = tensors(tokens / "tokens.safetensors")["query_split"]
    documents = np.load(embeddings / "documents.npy")
    queries = np.load(embeddings / "queries.npy")[splits == splits.max()]
    for name, kind in (("float32", np.float32), ("float64", np.float64)):
        d, q = documents.astype(kind), queries.astype(kind)
        best = min(timed(q, d) for _ in range(3))
        gflops = 2 * len(q) * d.size / best / 1e9
        print(
            f"| NumPy {np.__version__} {name}, in batch, one thread | {len(q) / best:,.0f} | "
            f"{1000 * best / len(q):.3f} | {gflops:.1f} GFLOPS with sorting |"
        )


def timed(queries, documents):
    started = time.process_time()
    search(queries, documents)
    return time.process_time() - started


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
