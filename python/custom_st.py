"""The model as a module of sentence-transformers >= 5: encode_query and encode_document use the tower of their side.

Plain `encode` takes its texts for documents, unless `task="query"` is given.
"""

import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

try:
    from sentence_transformers.base.modules import InputModule
except ImportError:  # Before version 6.
    from sentence_transformers.models import InputModule

from .modeling_two_tower import TwoTower

FILES = [
    "config.json", "tokenizer.json", "characters.json", "vocabulary.tsv",
    "tokenization_two_tower.py", "modeling_two_tower.py", "custom_st.py",
]  # fmt: skip


class TwoTowerModule(InputModule):
    forward_kwargs = {"task"}
    save_in_root = True

    def __init__(self, folder):
        super().__init__()
        self.folder = Path(folder)
        self.model = TwoTower.from_folder(folder)

    @classmethod
    def load(cls, model_name_or_path, subfolder="", **options):
        where = {key: options[key] for key in ("token", "cache_folder", "revision", "local_files_only") if key in options}
        names = [*FILES, "model.safetensors"]
        paths = [cls.load_file_path(model_name_or_path, filename=name, subfolder=subfolder, **where) for name in names]
        return cls(Path(paths[0]).parent)

    def save(self, output_path, *args, **kwargs):
        for name in FILES:
            if (self.folder / name).resolve() != (Path(output_path) / name).resolve():
                shutil.copyfile(self.folder / name, Path(output_path) / name)
        weights = {name: value.contiguous() for name, value in self.model.state_dict().items()}
        save_file(weights, Path(output_path) / "model.safetensors", metadata={"format": "pt"})

    def preprocess(self, inputs, prompt=None, task=None, **kwargs):
        ids, lengths, new = self.model.tokenizer.batch([(prompt or "") + text for text in inputs], task or "document")
        ids, lengths = torch.tensor(ids), torch.tensor(lengths)
        mask = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
        return {"input_ids": ids, "attention_mask": mask, "new_words": new}

    def tokenize(self, texts, **kwargs):
        return self.preprocess(texts, **kwargs)

    def forward(self, features, task=None, **kwargs):
        lengths = features["attention_mask"].sum(1)
        vectors = self.model(features["input_ids"], lengths, task or "document", features["new_words"])
        return {**features, "sentence_embedding": vectors}

    def get_embedding_dimension(self):
        return self.model.config["dimensions"]

    get_sentence_embedding_dimension = get_embedding_dimension
