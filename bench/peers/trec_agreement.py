"""Checks that the metrics of trec_eval, ir-measures and SciPy agree with ours.

    pip install pytrec_eval-terrier ir-measures scipy
    python bench/peers/trec_agreement.py REPORT_FOLDER [OTHER_REPORT_FOLDER]

REPORT_FOLDER is the artifact of an `evaluate` stage without `run_depth`, or with one that equals its `depth` (otherwise the
run files may lack relevant documents that MAP and the deepest recall counted). Prints each figure of metrics.json beside
theirs, computed from the run and qrels files alone, and fails where two differ by 0.00005 or more. Then the model's
difference to BM25 and to the other report, which must be its first under `against`: SciPy's permutation_test and
bootstrap on the figures of per_query.tsv, with another random generator, so p-values must agree to four standard errors
of the sampling and the ends of intervals to 0.004.
"""

import json
import re
import sys
from pathlib import Path

import ir_measures
import numpy as np
import pytrec_eval
from scipy import stats

# Ours -> trec_eval's; RR cut off at a rank is ir-measures' own.
TREC_EVAL = {"map": "map", "ndcg": "ndcg_cut_{k}", "recall": "recall_{k}", "hit": "success_{k}"}


def read_qrels(path):
    qrels = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, _, document, relevance = line.split()
        qrels.setdefault(query, {})[document] = int(relevance)
    return qrels


def read_run(path):
    run = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        query, _, document, _, score, _ = line.split()
        run.setdefault(query, {})[document] = float(score)
    return run


def theirs(name, qrels, run):
    measure, _, cutoff = name.partition("@")
    if measure == "mrr":
        wanted = ir_measures.parse_measure(f"RR@{cutoff}")
        return ir_measures.calc_aggregate([wanted], qrels, run)[wanted]
    wanted = TREC_EVAL[measure].format(k=cutoff)
    requested = re.sub(r"_(\d+)$", r".\1", wanted)
    results = pytrec_eval.RelevanceEvaluator(qrels, {requested}).evaluate(run)
    # Over all judged queries, as trec_eval -c: a query that found nothing counts as 0.
    return sum(result[wanted] for result in results.values()) / len(qrels)


def column(folder, name):
    header, *lines = [line.split("\t") for line in (folder / "per_query.tsv").read_text(encoding="utf-8").splitlines()]
    return np.array([float(line[header.index(name)]) for line in lines])


MEASURES = ["mrr@10", "ndcg@10", "map", "recall@100", "hit@1", "hit@5"]


def mean(values, axis=-1):
    return np.mean(values, axis=axis)


def significance(folder, comparison, title, rival):
    """Prints the model's differences to a rival's figures (measure -> [queries]); returns how many disagree."""
    disagreements = 0
    for name in MEASURES:
        ours = comparison["corpus"][name]
        differences = column(folder, f"model/{name}") - rival(name)
        test = stats.permutation_test(
            (differences,), mean, permutation_type="samples", n_resamples=4999, vectorized=True, batch=500, rng=1
        )
        interval = stats.bootstrap(
            (differences,), mean, n_resamples=2000, method="percentile", batch=200, rng=1
        ).confidence_interval
        apart = max(abs(a - b) for a, b in zip(ours["interval"], interval))
        p = ours["p_value"]
        # 10,000 tosses of ours; SciPy doubles the smaller of two one-sided shares of 4,999.
        error = np.sqrt(p * (1 - p) / 10_000 + 4 * (p / 2) * (1 - p / 2) / 4_999)
        agrees = abs(test.pvalue - p) < 4 * error + 0.001 and apart < 0.004
        disagreements += not agrees
        print(
            f"{title:8} {name:12} {ours['difference']:+.6f} {differences.mean():+.6f}"
            f"  p {p:.4f} {test.pvalue:.4f}"
            f"  [{ours['interval'][0]:+.4f}, {ours['interval'][1]:+.4f}] [{interval[0]:+.4f}, {interval[1]:+.4f}]"
            f" {'' if agrees else 'DIFFERS'}"
        )
    return disagreements


def main(folder, other=None):
    figures = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    qrels = read_qrels(folder / "qrels.trec")
    disagreements = 0
    for path in sorted((folder / "runs").glob("*.trec")):
        run = read_run(path)
        for name, ours in figures["systems"][path.stem]["corpus"].items():
            value = theirs(name, qrels, run)
            agrees = abs(ours - value) < 0.00005
            disagreements += not agrees
            print(f"{path.stem:8} {name:12} {ours:.6f} {value:.6f} {'' if agrees else 'DIFFERS'}")
    comparisons = figures["comparisons"]
    by_name = {comparison["rival"]: comparison for comparison in comparisons}
    if "bm25" in by_name:
        disagreements += significance(folder, by_name["bm25"], "- bm25", lambda name: column(folder, f"bm25/{name}"))
    if other:
        first = next(comparison for comparison in comparisons if comparison["rival"] not in ("bm25", "fused", "mean"))
        disagreements += significance(folder, first, "- other", lambda name: column(other, f"model/{name}"))
    sys.exit(1 if disagreements else 0)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
