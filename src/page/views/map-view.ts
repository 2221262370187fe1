/** Embeddings in two dimensions, by the first two principal components of documents and queries together. */
export interface MapView {
  readonly stage: string;
  /** Number of points here, and of vectors in the artifact. */
  readonly points: number;
  readonly vectors: number;
  /** At most this many points are drawn; a seeded sample where there are more vectors. */
  readonly cap: number;
  /** Of hybrid vectors only the part that the model made is drawn. */
  readonly learnedOnly: boolean;
  /** Share of the variance along each axis. */
  readonly explained: readonly [number, number];
  /** x and y of each point as little-endian uint16, base64. */
  readonly positions: string;
  /** Of each point, base64: 0 a document, else the position in `groups`. */
  readonly group: string;
  /** `document`, then the splits. */
  readonly groups: readonly string[];
  /** Of each point, base64: 0 not evaluated, 1 a miss, 2 a hit. */
  readonly hit: string;
  /** What a hit is, such as `a relevant document among the first 10`; null where no query was evaluated. */
  readonly hitMeans: string | null;
  /** Name of the view with the texts of the points: `textsName`. Maps of the same corpus share it. */
  readonly texts: string;
}

/** The first characters of texts, for the points of a map in their order. */
export interface MapTextsView {
  readonly texts: readonly string[];
}
