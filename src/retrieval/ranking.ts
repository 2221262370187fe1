/** Ranked lists, and the selection of the best k of many scores. */

/** Documents by descending score; ties by ascending doc_id, so that a list is the same everywhere. */
export interface Ranking {
  readonly documents: Uint32Array;
  /** Higher is better. */
  readonly scores: Float64Array;
}

/** Whether (score, document) ranks before (otherScore, otherDocument). */
export function precedes(
  score: number,
  document: number,
  otherScore: number,
  otherDocument: number,
): boolean {
  return score > otherScore || (score === otherScore && document < otherDocument);
}

/** Sorts scored documents into a ranking of at most k. */
export function rank(documents: ArrayLike<number>, scores: ArrayLike<number>, k = Infinity): Ranking {
  const sorted = { documents: Uint32Array.from(documents), scores: Float64Array.from(scores) };
  sortRange(sorted.documents, sorted.scores, 0, sorted.scores.length - 1);
  if (sorted.scores.length <= k) return sorted;
  return { documents: sorted.documents.slice(0, k), scores: sorted.scores.slice(0, k) };
}

const SHORT = 16;

/** Quicksort in place: sorting places with a comparison function takes several times as long. */
function sortRange(documents: Uint32Array, scores: Float64Array, first: number, last: number): void {
  while (last - first >= SHORT) {
    const middle = (first + last) >>> 1;
    const [score, document] = [scores[middle]!, documents[middle]!];
    let [i, j] = [first, last];
    while (i <= j) {
      while (precedes(scores[i]!, documents[i]!, score, document)) i += 1;
      while (precedes(score, document, scores[j]!, documents[j]!)) j -= 1;
      if (i > j) break;
      swap(documents, scores, i, j);
      i += 1;
      j -= 1;
    }
    // The shorter part first, so that the depth stays logarithmic.
    if (j - first < last - i) {
      sortRange(documents, scores, first, j);
      first = i;
    } else {
      sortRange(documents, scores, i, last);
      last = j;
    }
  }
  for (let end = first + 1; end <= last; end++)
    for (
      let i = end;
      i > first && precedes(scores[i]!, documents[i]!, scores[i - 1]!, documents[i - 1]!);
      i--
    )
      swap(documents, scores, i, i - 1);
}

function swap(documents: Uint32Array, scores: Float64Array, i: number, j: number): void {
  const [document, score] = [documents[i]!, scores[i]!];
  documents[i] = documents[j]!;
  scores[i] = scores[j]!;
  documents[j] = document;
  scores[j] = score;
}

/** The first k of a ranking, without one document. Ask for k + 1 to have k left. */
export function withoutDocument(
  { documents, scores }: Ranking,
  document: number | undefined,
  k: number,
): Ranking {
  const place = document === undefined ? -1 : documents.indexOf(document);
  if (place < 0) return { documents: documents.subarray(0, k), scores: scores.subarray(0, k) };
  return {
    documents: documents.filter((_, i) => i !== place).subarray(0, k),
    scores: scores.filter((_, i) => i !== place).subarray(0, k),
  };
}

export interface TopK {
  /** Keeps the document if it is among the k best so far. Each document may be offered once. */
  offer(document: number, score: number): void;
  /** The lowest score kept, −∞ until there are k: lets the caller skip `offer`. */
  threshold(): number;
  /** Returns the ranking and empties the collector. */
  take(): Ranking;
}

/** A binary heap of the k best with the worst of them at the root. */
export function createTopK(k: number): TopK {
  const documents = new Uint32Array(k);
  const scores = new Float64Array(k);
  let size = 0;

  const worse = (a: number, b: number): boolean =>
    precedes(scores[b]!, documents[b]!, scores[a]!, documents[a]!);
  const siftDown = (): void => {
    for (let parent = 0; ;) {
      let worst = parent;
      const left = 2 * parent + 1;
      if (left < size && worse(left, worst)) worst = left;
      if (left + 1 < size && worse(left + 1, worst)) worst = left + 1;
      if (worst === parent) return;
      swap(documents, scores, parent, worst);
      parent = worst;
    }
  };
  const siftUp = (): void => {
    for (let child = size - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!worse(child, parent)) return;
      swap(documents, scores, child, parent);
      child = parent;
    }
  };

  return {
    offer: (document, score) => {
      if (size < k) {
        documents[size] = document;
        scores[size] = score;
        size += 1;
        siftUp();
      } else if (k > 0 && precedes(score, document, scores[0]!, documents[0]!)) {
        documents[0] = document;
        scores[0] = score;
        siftDown();
      }
    },
    threshold: () => (size < k ? -Infinity : scores[0]!),
    take: () => {
      const ranking = rank(documents.subarray(0, size), scores.subarray(0, size));
      size = 0;
      return ranking;
    },
  };
}
