"""The encoders in PyTorch.

    model = TwoTower.from_folder(folder)
    vectors = model.encode(texts, "document")  # or "query"; [texts, dimensions]
"""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

try:  # In a package where sentence-transformers loads it, next to it otherwise.
    from .tokenization_two_tower import TwoTowerTokenizer
except ImportError:
    from tokenization_two_tower import TwoTowerTokenizer

UNKNOWN = 1


def normalised(x):
    return x / x.square().sum(-1, keepdim=True).clamp(min=1e-12).sqrt()


class Pooling(nn.Module):
    def __init__(self, how, width):
        super().__init__()
        self.how = how
        if how == "attention":
            self.attention = nn.Parameter(torch.empty(width))

    def forward(self, states, lengths, last=None):
        """[texts, tokens, width] → [texts, width]; zeros for a text without tokens."""
        mask = torch.arange(states.shape[1], device=states.device) < lengths[:, None]
        if self.how == "last":
            at = (lengths - 1).clamp(min=0)
            pooled = states[torch.arange(len(states), device=states.device), at] if last is None else last
        elif self.how == "mean":
            pooled = (states * mask[..., None]).sum(1) / lengths.clamp(min=1)[:, None]
        elif self.how == "max":
            pooled = states.masked_fill(~mask[..., None], -1e30).amax(1)
        else:
            weights = (states @ self.attention).masked_fill(~mask, -1e30).softmax(1)
            pooled = (states * weights[..., None]).sum(1)
        return pooled.masked_fill((lengths == 0)[:, None], 0)


class Tower(nn.Module):
    def __init__(self, encoder, width):
        super().__init__()
        cell, self.pooling_of_words = encoder["cell"], None
        self.recurrent, states = None, width
        if cell != "none":
            self.recurrent = {"gru": nn.GRU, "lstm": nn.LSTM}[cell](
                width, encoder["hidden"], encoder["layers"], batch_first=True, bidirectional=encoder["bidirectional"]
            )
            states = encoder["hidden"] * (2 if encoder["bidirectional"] else 1)
            if encoder["skip"]:
                self.pooling_of_words = Pooling(encoder["pooling"], width)
        self.pooling = Pooling(encoder["pooling"], states)
        pooled = states + (width if self.pooling_of_words else 0)
        self.projection = None if encoder["projection"] is None else nn.Linear(pooled, encoder["projection"])

    def forward(self, words, lengths):
        if self.recurrent is None:
            pooled = self.pooling(words, lengths)
        else:
            some = lengths.clamp(min=1).cpu()
            packed, final = self.recurrent(pack_padded_sequence(words, some, batch_first=True, enforce_sorted=False))
            states, _ = pad_packed_sequence(packed, batch_first=True, total_length=words.shape[1])
            final = final[0] if isinstance(final, tuple) else final
            last = torch.cat(list(final[-2:] if self.recurrent.bidirectional else final[-1:]), 1)
            pooled = self.pooling(states, lengths, last)
            if self.pooling_of_words:
                both = [pooled, self.pooling_of_words(words, lengths)]
                pooled = torch.cat([normalised(part) for part in both], 1)
        return pooled if self.projection is None else self.projection(pooled)


class TwoTower(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config = config
        table = config["embeddings"]
        self.embeddings = nn.Embedding(table["rows"], table["dimensions"])
        self.ngrams = nn.Embedding(table["ngrams"]["buckets"], table["dimensions"]) if table.get("ngrams") else None
        names = ["encoder"] if config["encoder"]["shared"] else ["query", "document"]
        self.towers = nn.ModuleDict({name: Tower(config["encoder"], table["dimensions"]) for name in names})
        self.tokenizer = None

    @classmethod
    def from_folder(cls, folder):
        model = cls(json.loads((Path(folder) / "config.json").read_text(encoding="utf-8")))
        model.load_state_dict(load_file(Path(folder) / "model.safetensors"))
        model.tokenizer = TwoTowerTokenizer(folder)
        return model.eval()

    def new_words(self, words):
        """[words, dimensions]: vectors of words without a row, the unknown word's plus the mean of their n-grams'."""
        vectors = []
        for word in words:
            vector = self.embeddings.weight[UNKNOWN]
            buckets = torch.tensor(self.tokenizer.buckets(word), device=vector.device, dtype=torch.long)
            vectors.append(vector + self.ngrams(buckets).mean(0) if len(buckets) else vector)
        return torch.stack(vectors)

    def forward(self, ids, lengths, side, new_words=()):
        """ids, lengths: int64 [texts, tokens] and [texts]. Ids from `rows` on stand for the words in `new_words`."""
        rows = self.embeddings.num_embeddings
        words = self.embeddings(ids.clamp(max=rows - 1))
        if new_words:
            vectors = self.new_words(new_words)[(ids - rows).clamp(min=0)]
            words = torch.where((ids >= rows)[..., None], vectors, words)
        tower = self.towers["encoder" if "encoder" in self.towers else side]
        vectors = tower(words, lengths)
        return normalised(vectors) if self.config["similarity"] == "cosine" else vectors

    @torch.no_grad()
    def encode(self, texts, side, batch_size=64):
        parts = []
        for start in range(0, len(texts), batch_size):
            ids, lengths, new = self.tokenizer.batch(texts[start : start + batch_size], side)
            ids, lengths = (torch.tensor(part, device=self.embeddings.weight.device) for part in (ids, lengths))
            parts.append(self(ids, lengths, side, new))
        return torch.cat(parts)
