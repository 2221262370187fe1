"""Do trec_eval's and ir-measures' figures agree with ours?

    pip install pytrec_eval-terrier ir-measures
    python bench/peers/trec_agreement.py REPORT_FOLDER

REPORT_FOLDER is the artifact of an `evaluate` stage whose `run_depth` equals its `depth` (otherwise the run files
are shorter than the lists that MAP and the deepest recall were measured on). Prints each figure of metrics.json beside
theirs, computed from the run and qrels files alone, and fails where two differ by 0.00005 or more.
"""

import json
import re
import sys
from pathlib import Path

import ir_measures
import pytrec_eval

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


def main(folder):
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
    sys.exit(1 if disagreements else 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
