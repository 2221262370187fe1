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
  const order = Array.from(documents, (_, position) => position);
  order.sort((a, b) => scores[b]! - scores[a]! || documents[a]! - documents[b]!);
  if (order.length > k) order.length = k;
  return {
    documents: Uint32Array.from(order, (position) => documents[position]!),
    scores: Float64Array.from(order, (position) => scores[position]!),
  };
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
  const swap = (a: number, b: number): void => {
    const document = documents[a]!;
    const score = scores[a]!;
    documents[a] = documents[b]!;
    scores[a] = scores[b]!;
    documents[b] = document;
    scores[b] = score;
  };
  const siftDown = (): void => {
    for (let parent = 0; ;) {
      let worst = parent;
      const left = 2 * parent + 1;
      if (left < size && worse(left, worst)) worst = left;
      if (left + 1 < size && worse(left + 1, worst)) worst = left + 1;
      if (worst === parent) return;
      swap(parent, worst);
      parent = worst;
    }
  };
  const siftUp = (): void => {
    for (let child = size - 1; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!worse(child, parent)) return;
      swap(child, parent);
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
