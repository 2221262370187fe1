"""Cuts texts into words exactly as the pipeline that trained the model. Needs the standard library alone, Python >= 3.9.

Character classes, lower case and the normalisation of new characters come from characters.json (Unicode 15.0), so that
every version of Python gives the same words.
"""

import json
import re
import unicodedata
from pathlib import Path

UNKNOWN = 1

SEPARATOR, LETTER, MARK, DIGIT, SINGLE, IGNORED, UNASSIGNED, APOSTROPHE, POINT, COMMA = range(10)
CLASS_LETTERS = {
    "s": SEPARATOR, "l": LETTER, "m": MARK, "d": DIGIT, "c": SINGLE, "i": IGNORED, "u": UNASSIGNED,
}  # fmt: skip
GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})*")
THREE_DIGITS = re.compile(r"[0-9]{3}(?![0-9])")


class TwoTowerTokenizer:
    def __init__(self, folder="."):
        folder = Path(folder)
        read = lambda name: json.loads((folder / name).read_text(encoding="utf-8"))  # noqa: E731
        characters, settings, config = read("characters.json"), read("tokenizer.json"), read("config.json")
        self.classes = class_table(characters["classes"])
        self.lower = lower_table(characters["lower"])
        self.normalized = {int(code): text for code, text in characters["normalized"].items()}
        self.form = settings["normalization"]
        self.lowercase = settings["lowercase"]
        self.maximum = {"query": settings["max_query_length"], "document": settings["max_document_length"]}
        self.rows = config["embeddings"]["rows"]
        self.ngrams = config["embeddings"].get("ngrams")
        lines = (folder / "vocabulary.tsv").read_bytes().decode("utf-8").split("\n")[: self.rows]
        self.ids = {line[: line.rindex("\t")]: id for id, line in enumerate(lines)}

    def batch(self, texts, side):
        """Padded ids [texts][tokens], lengths [texts], and the words without a row, whose ids begin at `rows`."""
        new = {}
        texts = [[self.id_of(word, new) for word in self.tokenize(text)[: self.maximum[side]]] for text in texts]
        longest = max([1, *map(len, texts)])
        return [ids + [0] * (longest - len(ids)) for ids in texts], [len(ids) for ids in texts], list(new)

    def id_of(self, word, new):
        id = self.ids.get(word)
        if id is not None or self.ngrams is None:
            return UNKNOWN if id is None else id
        return new.setdefault(word, self.rows + len(new))

    def buckets(self, word):
        """Rows of the table of n-grams (FNV-1a over UTF-8) of which a word without a row is made."""
        text, result = f"<{word}>", []
        for start in range(len(text)):
            for n in range(self.ngrams["min_n"], self.ngrams["max_n"] + 1):
                if start + n <= len(text) and n < len(text):
                    value = 0x811C9DC5
                    for byte in text[start : start + n].encode("utf-8"):
                        value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
                    result.append(value % self.ngrams["buckets"])
        return result

    def tokenize(self, text):
        return self.split(self.fold(text))

    def fold(self, text):
        if text.isascii():
            return text.lower() if self.lowercase else text
        kinds = self.classes
        if any(kinds[ord(c)] in (IGNORED, UNASSIGNED) for c in text):
            spaced = (" " if kinds[ord(c)] == UNASSIGNED else c for c in text)
            text = "".join(c for c in spaced if kinds[ord(c)] != IGNORED)
        text = self.normalize(text)
        if self.lowercase:
            text = self.normalize(text.translate(self.lower))
        return text.replace("\u2019", "'").replace("\u02bc", "'")

    def normalize(self, text):
        return text if self.form == "none" else unicodedata.normalize(self.form, text.translate(self.normalized))

    def split(self, text):
        tokens, i = [], 0
        while i < len(text):
            found = self.class_at(text, i)
            if found in (LETTER, DIGIT):
                end = self.end_of_token(text, i)
                push_token(tokens, text[i:end])
                i = end
            elif found == SINGLE:
                start, i = i, i + 1
                while self.class_at(text, i) == MARK:
                    i += 1
                tokens.append(text[start:i])
            else:
                i += 1
        return tokens

    def class_at(self, text, i):
        return self.classes[ord(text[i])] if i < len(text) else None

    def end_of_token(self, text, start):
        previous, i = None, start
        while i < len(text):
            found = self.class_at(text, i)
            if found == APOSTROPHE:
                if self.class_at(text, i + 1) != LETTER or previous == APOSTROPHE:
                    break
            elif found == POINT:
                if previous != DIGIT or self.class_at(text, i + 1) != DIGIT:
                    break
            elif found == COMMA:
                grouped = GROUPED.fullmatch(text, start, i) and THREE_DIGITS.match(text, i + 1)
                if previous != DIGIT or not grouped:
                    break
            elif found not in (LETTER, DIGIT, MARK):
                break
            previous = found
            i += 1
        return i


def push_token(tokens, raw):
    token = raw.replace(",", "")
    if token[-2:] in ("'s", "'S"):
        tokens.extend([token[:-2], token[-2:]])
    else:
        tokens.append(token)


def class_table(runs):
    """Class of each code point, from run lengths such as `s48d10`."""
    table = bytearray()
    for letter, length in re.findall(r"([a-z])(\d*)", runs):
        table.extend(bytes([CLASS_LETTERS[letter]]) * int(length or 1))
    for characters, own in (("'\u2019\u02bc", APOSTROPHE), (".", POINT), (",", COMMA)):
        for character in characters:
            table[ord(character)] = own
    return table


def lower_table(runs):
    """Code point → lower case, from runs of [first, last, step, distance]; İ is the one that becomes two characters."""
    table = {code: code + distance for first, last, step, distance in runs for code in range(first, last + 1, step)}
    return {**table, 0x130: "i\u0307"}
