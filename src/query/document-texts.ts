/** The texts of retrieved documents, for a process that answers many questions. */
import type { Corpus, DocumentText } from '../formats/corpus.ts';

/** Corpora up to this many characters are kept in memory: a look-up in the database takes as long as ten searches. */
const MOST_KEPT = 200_000_000;

export type DocumentTexts = (documents: Uint32Array) => Promise<ReadonlyMap<number, DocumentText>>;

/** `most`: as `MOST_KEPT`, for tests. */
export async function openDocumentTexts(corpus: Corpus, most = MOST_KEPT): Promise<DocumentTexts> {
  const kept = new Map<number, DocumentText>();
  const names = await corpus.documentNames();
  let characters = 0;
  for await (const { ids, texts } of corpus.documents()) {
    for (const [i, text] of texts.entries()) {
      kept.set(ids[i]!, { name: names.at(ids[i]!)!, text });
      characters += text.length;
    }
    if (characters > most) return (documents) => corpus.documentTexts(documents);
  }
  return () => Promise.resolve(kept);
}
