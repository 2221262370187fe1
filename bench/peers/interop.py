"""Vectors and answers of exported models in Python, against those of the embed stage and `pipeline query`.

python bench/peers/interop.py GIVEN.json, written by bench/interop.mjs: prints a Markdown table.
"""

import json
import logging
import os
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
warnings.filterwarnings("ignore")
sys.dont_write_bytecode = True

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402
import torch  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402

logging.disable(logging.WARNING)
LARGEST_DIFFERENCE = 1e-5
TOP = 5


def by_onnx(folder):
    """The code of the folder's own README.md, without its example at the end."""
    readme = (folder / "README.md").read_text(encoding="utf-8")
    code = readme.split("```python\n")[1].split("```")[0].split("\n\ndocuments = ")[0]
    names = {}
    before = os.getcwd(), list(sys.path)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        exec(compile(code, "README.md", "exec"), names)
    finally:
        os.chdir(before[0])
        sys.path[:] = before[1]
        sys.modules.pop("tokenization_two_tower", None)
    return lambda texts, side: batched(names["encode"], texts, side)


def by_torch(folder):
    sys.path.insert(0, str(folder))
    try:
        from modeling_two_tower import TwoTower

        model = TwoTower.from_folder(folder)
    finally:
        sys.path.pop(0)
        for name in ("modeling_two_tower", "tokenization_two_tower"):
            sys.modules.pop(name, None)
    return lambda texts, side: model.encode(texts, side).numpy()


def by_sentence_transformers(folder):
    model = SentenceTransformer(str(folder), trust_remote_code=True, device="cpu")
    methods = {"query": model.encode_query, "document": model.encode_document}
    return lambda texts, side: methods[side](texts, show_progress_bar=False)


def batched(encode, texts, side):
    parts = [encode(texts[start : start + 64], side) for start in range(0, len(texts), 64)]
    return np.concatenate(parts)


def same_answers(scores, names, answers):
    """How many questions get the documents of `pipeline query`; documents of equal scores may change places."""
    same = 0
    for row, answer in zip(scores, answers):
        best = np.argsort(-row, kind="stable")[:TOP]
        found = [names[i] for i in best]
        wanted = [one["id"] for one in answer[:TOP]]
        ties = all(abs(row[i] - one["score"]) < LARGEST_DIFFERENCE for i, one in zip(best, answer))
        same += found == wanted or ties
    return same


def main(path):
    given = json.loads(Path(path).read_text(encoding="utf-8"))
    documents, questions, names = given["documents"], given["questions"], given["names"]
    programs = {
        f"onnxruntime {version('onnxruntime')}": (by_onnx, "onnx"),
        f"torch {version('torch').split('+')[0]}": (by_torch, "huggingface"),
        f"sentence-transformers {version('sentence-transformers')}": (by_sentence_transformers, "huggingface"),
    }
    torch.set_num_threads(1)
    print(f"{len(documents):,} documents, {len(questions)} questions, Python {sys.version.split()[0]}\n")
    print("| model | program | largest difference of a document's value | smallest cosine | same top 5 |")
    print("| --- | --- | --- | --- | --- |")
    good = True
    for model in given["models"]:
        own = np.load(Path(model["embeddings"]) / "documents.npy")
        for program, (load, form) in programs.items():
            encode = load(Path(f"{model['folder']}-{form}"))
            vectors = encode(documents, "document")
            difference = float(np.abs(vectors - own).max())
            lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(own, axis=1)
            cosine = float(((vectors * own).sum(1)[lengths > 0] / lengths[lengths > 0]).min())
            same = same_answers(encode(questions, "query") @ vectors.T, names, model["answers"])
            good = good and difference < LARGEST_DIFFERENCE and same == len(questions)
            print(f"| {model['shape']} | {program} | {difference:.1e} | {cosine:.7f} | {same} of {len(questions)} |")
            sys.stdout.flush()
    print("\nEverything agrees." if good else "\nThey do not agree.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
