/** The first documents of some queries' lists in a TREC run file, which may be larger than memory. */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** Query → names of documents, best first; names are escaped as in the file (src/formats/trec.ts). */
export async function firstOfLists(
  file: string,
  wanted: ReadonlySet<string>,
  depth: number,
): Promise<Map<string, string[]>> {
  const lists = new Map<string, string[]>([...wanted].map((query) => [query, []]));
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const space = line.search(/\s/);
    const list = lists.get(line.slice(0, space));
    if (!list || list.length >= depth) continue;
    // query Q0 document rank score tag, best first
    const document = line.split(/\s+/, 3)[2];
    if (document !== undefined) list.push(document);
  }
  return lists;
}
