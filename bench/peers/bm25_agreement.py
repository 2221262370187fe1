"""Checks that bm25s, with Lucene's variant of BM25, gives our scores on the same tokens.

    pip install bm25s numpy
    python bench/peers/bm25_agreement.py TOKENS_FOLDER REPORT_FOLDER

Compares the scores in runs/bm25.trec with bm25s's (k1 0.9, b 0.4) for the first 200 queries of the run, query by query
down the list, and fails where two differ by more than 0.0005: bm25s sums in single precision.
"""

import json
import sys
from pathlib import Path

import bm25s
import numpy as np

QUERIES = 200
SPECIAL = 2


def tensors(path):
    raw = path.read_bytes()
    length = int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8 : 8 + length])
    types = {"U32": "<u4", "U8": "u1", "I32": "<i4", "F32": "<f4"}
    return {
        name: np.frombuffer(raw[8 + length + entry["data_offsets"][0] : 8 + length + entry["data_offsets"][1]], types[entry["dtype"]])
        for name, entry in header.items()
        if name != "__metadata__"
    }


def rows(values, offsets):
    return [values[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


def main(tokens, report):
    data = tensors(tokens / "tokens.safetensors")
    documents = rows(data["document_ids"], data["document_offsets"])
    queries = rows(data["query_ids"], data["query_offsets"])
    splits = json.loads((tokens / "tokenizer.json").read_text())["splits"]
    test = np.flatnonzero(data["query_split"] == splits.index("test"))
    model = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
    model.index([[f"t{token}" for token in row] for row in documents], show_progress=False)
    ours = {}
    for line in (report / "runs" / "bm25.trec").read_text(encoding="utf-8").splitlines():
        query, _, _, _, score, _ = line.split()
        ours.setdefault(query, []).append(float(score))
    worst = 0.0
    compared = 0
    for query, scores in zip(test[:QUERIES], list(ours.values())[:QUERIES]):
        words = [f"t{token}" for token in queries[query] if token >= SPECIAL and f"t{token}" in model.vocab_dict]
        theirs = np.sort(model.get_scores(words))[::-1][: len(scores)]
        worst = max(worst, float(np.max(np.abs(theirs - np.array(scores)))))
        compared += len(scores)
    print(f"{compared} scores of {QUERIES} queries compared, the largest difference is {worst:.6f}")
    sys.exit(1 if worst > 0.0005 else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
