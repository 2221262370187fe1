"""gensim's skip-gram on the texts of a `tokens` artifact, and what each set of vectors is worth for retrieval.

    python word2vec_gensim.py TOKENS_FOLDER THREADS,THREADS,… DIMENSIONS EPOCHS SEED NAME=VECTORS_FOLDER …

Prints one JSON line for each row: gensim at each number of threads, then each `vectors` artifact given.
Quality: the mean of a text's word vectors is its embedding; MRR@10 by cosine of the validation queries over all
documents. Needs gensim and numpy.
"""

import json
import sys
import time

import gensim
import numpy as np
from gensim.models import Word2Vec


def safetensors(path):
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        data = file.read()
    types = {"U32": np.uint32, "I32": np.int32, "F32": np.float32, "U8": np.uint8}
    return {
        name: np.frombuffer(data[info["data_offsets"][0] : info["data_offsets"][1]], types[info["dtype"]]).reshape(
            info["shape"]
        )
        for name, info in header.items()
        if name != "__metadata__"
    }


def rows(values, offsets):
    return [values[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


folder, threads, dimensions, epochs, seed, *ours = sys.argv[1:]
dimensions, epochs, seed = int(dimensions), int(epochs), int(seed)
tokens = safetensors(f"{folder}/tokens.safetensors")
config = json.load(open(f"{folder}/tokenizer.json"))
known = config["model_vocabulary"]
documents = rows(tokens["document_ids"], tokens["document_offsets"])
queries = rows(tokens["query_ids"], tokens["query_offsets"])
split = tokens["query_split"]
train = [queries[i] for i in np.flatnonzero(split == config["splits"].index("train"))]
sentences = [[str(id) for id in text if 1 < id < known] for text in documents + train]
words = sum(len(sentence) for sentence in sentences)


def means(texts, vectors):
    result = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for i, text in enumerate(texts):
        ids = text[(text > 1) & (text < known)]
        if len(ids):
            result[i] = vectors[ids].mean(axis=0)
    return result / np.maximum(np.linalg.norm(result, axis=1, keepdims=True), 1e-12)


def quality(vectors):
    wanted = np.flatnonzero(split == config["splits"].index("validation"))
    scores = means([queries[i] for i in wanted], vectors) @ means(documents, vectors).T
    best = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    relevant = {}
    for query, document, relevance in zip(tokens["qrels_query"], tokens["qrels_document"], tokens["qrels_relevance"]):
        if relevance > 0:
            relevant.setdefault(query, set()).add(document)
    ranks = [
        next((1 / (place + 1) for place, document in enumerate(row) if document in relevant.get(query, ())), 0)
        for query, row in zip(wanted, best)
    ]
    return float(np.mean(ranks))


for workers in map(int, threads.split(",")):
    model = Word2Vec(
        sg=1, vector_size=dimensions, window=5, negative=5, hs=0, sample=1e-3, alpha=0.025, min_alpha=2.5e-6,
        min_count=1, workers=workers, seed=seed, epochs=epochs,
    )
    model.build_vocab(sentences)
    started, processor = time.perf_counter(), time.process_time()
    model.train(sentences, total_examples=len(sentences), epochs=epochs)
    seconds, processor = time.perf_counter() - started, time.process_time() - processor
    vectors = np.zeros((known, dimensions), np.float32)
    for word in model.wv.index_to_key:
        vectors[int(word)] = model.wv[word]
    print(
        json.dumps(
            {
                "name": f"gensim {gensim.__version__}",
                "threads": workers,
                "words": words * epochs,
                "words_per_second": words * epochs / seconds,
                "processor": processor,
                "mrr": quality(vectors),
            }
        ),
        flush=True,
    )
for entry in ours:
    name, path = entry.split("=", 1)
    print(json.dumps({"name": name, "mrr": quality(safetensors(f"{path}/vectors.safetensors")["vectors"])}), flush=True)
