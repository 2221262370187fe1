// The best of many scored documents, the highest score first and equal scores by the document's number, as
// src/retrieval/ranking.ts orders them. scores: f64 [count]; documents: u32 [count].

@inline function scoreAt(scores: usize, i: i32): f64 { return load<f64>(scores + (<usize>i << 3)); }
@inline function documentAt(documents: usize, i: i32): u32 { return load<u32>(documents + (<usize>i << 2)); }

@inline function precedes(score: f64, document: u32, other: f64, otherDocument: u32): bool {
  return score > other || (score == other && document < otherDocument);
}

@inline function placePrecedes(scores: usize, documents: usize, i: i32, j: i32): bool {
  return precedes(scoreAt(scores, i), documentAt(documents, i), scoreAt(scores, j), documentAt(documents, j));
}

@inline function swap(scores: usize, documents: usize, i: i32, j: i32): void {
  const score = scoreAt(scores, i), document = documentAt(documents, i);
  store<f64>(scores + (<usize>i << 3), scoreAt(scores, j));
  store<u32>(documents + (<usize>i << 2), documentAt(documents, j));
  store<f64>(scores + (<usize>j << 3), score);
  store<u32>(documents + (<usize>j << 2), document);
}

/** The place of the middle one of three. */
function medianOf(scores: usize, documents: usize, a: i32, b: i32, c: i32): i32 {
  const ab = placePrecedes(scores, documents, a, b);
  const bc = placePrecedes(scores, documents, b, c);
  if (ab == bc) return b;
  return ab == placePrecedes(scores, documents, a, c) ? c : a;
}

/** Moves the k best to the front in any order, the last of them to place k − 1 (Hoare's quickselect). 0 < k ≤ count */
export function select(scores: usize, documents: usize, count: u32, k: u32): void {
  let left = 0, right = <i32>count - 1;
  const wanted = <i32>k - 1;
  while (left < right) {
    const middle = medianOf(scores, documents, left, (left + right) >> 1, right);
    const score = scoreAt(scores, middle), document = documentAt(documents, middle);
    let i = left, j = right;
    while (i <= j) {
      while (precedes(scoreAt(scores, i), documentAt(documents, i), score, document)) i++;
      while (precedes(score, document, scoreAt(scores, j), documentAt(documents, j))) j--;
      if (i > j) break;
      swap(scores, documents, i, j);
      i++; j--;
    }
    if (j < wanted) left = i;
    if (wanted < i) right = j;
  }
}

function siftDown(scores: usize, documents: usize, parent: i32, count: i32): void {
  for (let child = 2 * parent + 1; child < count; child = 2 * parent + 1) {
    if (child + 1 < count && placePrecedes(scores, documents, child, child + 1)) child++;
    if (!placePrecedes(scores, documents, parent, child)) return;
    swap(scores, documents, parent, child);
    parent = child;
  }
}

/** Sorts, the best first (heapsort). */
export function sort(scores: usize, documents: usize, count: u32): void {
  const length = <i32>count;
  for (let i = (length >> 1) - 1; i >= 0; i--) siftDown(scores, documents, i, length);
  for (let end = length - 1; end > 0; end--) {
    swap(scores, documents, 0, end);
    siftDown(scores, documents, 0, end);
  }
}
