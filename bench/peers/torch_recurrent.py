"""The same two towers in PyTorch, driven by lines of JSON: {"do": "setup" | "train" | "embed" | "threads", ...}.

Texts of different lengths are sorted and packed (pack_padded_sequence), and only real tokens are embedded; with "padded"
they are padded to the batch's longest instead, and the state at each text's end is taken (one direction only). Texts of
one length go in as a plain tensor. The table is sparse with SparseAdam, the rest Adam. Answers give seconds and seconds
of processor time.
"""
import json
import sys
import time

import torch
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

torch.manual_seed(1)
state = {}


def pack(texts, padded_rows):
    """(token ids packed or [rows, length], batch sizes or None, where each row went, lengths where padded)"""
    lengths = torch.tensor([max(1, len(text)) for text in texts])
    rows = [torch.tensor(text or [0]) for text in texts]
    if (lengths == lengths[0]).all():
        return torch.stack(rows), None, None, None
    if padded_rows:
        return torch.nn.utils.rnn.pad_sequence(rows, batch_first=True), None, None, lengths
    order = torch.argsort(lengths, descending=True, stable=True)
    padded = torch.nn.utils.rnn.pad_sequence([rows[i] for i in order], batch_first=True)
    packed = pack_padded_sequence(padded, lengths[order], batch_first=True)
    return packed.data, packed.batch_sizes, torch.argsort(order), None


def setup(shape, batches, padded):
    cell = torch.nn.GRU if shape["cell"] == "gru" else torch.nn.LSTM
    state["lstm"] = shape["cell"] == "lstm"
    state["table"] = torch.nn.Embedding(30000, shape["input"], sparse=True)
    state["towers"] = [
        cell(shape["input"], shape["hidden"], batch_first=True, bidirectional=shape["bidirectional"]) for _ in range(2)
    ]
    weights = [w for tower in state["towers"] for w in tower.parameters()]
    state["optimizers"] = [torch.optim.Adam(weights, 1e-3), torch.optim.SparseAdam(state["table"].parameters(), 1e-3)]
    state["batches"] = [(pack(b["queries"], padded), pack(b["documents"], padded), len(b["queries"])) for b in batches]


def encode(tower, texts):
    ids, sizes, back, lengths = texts
    x = state["table"](ids)
    out, h = state["towers"][tower](x if sizes is None else PackedSequence(x, sizes))
    if lengths is not None:
        return out[torch.arange(len(lengths)), lengths - 1]
    if state["lstm"]:
        h = h[0]
    h = h.transpose(0, 1).reshape(h.shape[1], -1)
    return h if back is None else h[back]


def train(index):
    queries, documents, rows = state["batches"][index]
    for optimizer in state["optimizers"]:
        optimizer.zero_grad(set_to_none=True)
    q = torch.nn.functional.normalize(encode(0, queries))
    p, n = torch.nn.functional.normalize(encode(1, documents)).split(rows)
    loss = torch.relu(0.2 - (q * p).sum(1) + (q * n).sum(1)).mean()
    loss.backward()
    for optimizer in state["optimizers"]:
        optimizer.step()


def embed(index):
    with torch.inference_mode():
        encode(1, state["batches"][index][1])


def timed(work, indices):
    times = []
    for index in indices:
        start, used = time.perf_counter(), time.process_time()
        work(index)
        times.append([time.perf_counter() - start, time.process_time() - used])
    return times


print(json.dumps({"version": torch.__version__, "capability": torch.backends.cpu.get_cpu_capability()}), flush=True)
for line in sys.stdin:
    command = json.loads(line)
    answer = {}
    if command["do"] == "setup":
        setup(command["shape"], command["batches"], command["padded"])
    elif command["do"] == "threads":
        torch.set_num_threads(command["threads"])
    else:
        answer["times"] = timed(train if command["do"] == "train" else embed, command["batches"])
    print(json.dumps(answer), flush=True)
