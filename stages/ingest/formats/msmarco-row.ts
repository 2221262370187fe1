/** Interprets one MS MARCO row: a query with its passages, or the problem with it. Files are read elsewhere. */
import { isBlank, isRecord, scalarText, type JsonRecord, type Problem } from '../tables/values.ts';

export interface QueryWithPassages {
  readonly name: string;
  readonly text: string;
  readonly type: string | null;
  /** Blank passages are null: each is reported, and the row is used without them. */
  readonly passages: readonly (Passage | null)[];
}

export interface Passage {
  readonly text: string;
  /** 1 if the annotator used it for the answer; 0 if not, or if the label is hidden (-1, test split of v2.1). */
  readonly selected: number;
}

/** Sequence numbers have 16 bits for the passages of a row. */
const MOST_PASSAGES = 65_535;

/** The label in Hugging Face's files of passages that Microsoft published without one. */
const UNKNOWN = -1;

/** Tools that convert the data write the labels as numbers, booleans or strings. */
const FLAGS: ReadonlyMap<unknown, number> = new Map<unknown, number>([
  ...[0, '0', '0.0', false, 'false', 'False'].map((flag) => [flag, 0] as const),
  ...[1, '1', '1.0', true, 'true', 'True'].map((flag) => [flag, 1] as const),
  ...[UNKNOWN, '-1', '-1.0'].map((flag) => [flag, UNKNOWN] as const),
]);

export function msmarcoRow(row: JsonRecord): QueryWithPassages | Problem {
  const name = scalarText(row['query_id']);
  if (name === undefined) return { problem: 'query_id is not a valid id' };
  if (name === null || isBlank(name)) return { problem: 'query_id missing' };
  const text = row['query'] ?? '';
  if (typeof text !== 'string') return { problem: 'query is not a string' };
  if (isBlank(text)) return { problem: 'query missing or empty' };
  const type = row['query_type'] ?? null;
  if (type !== null && typeof type !== 'string') return { problem: 'query_type is not a string' };
  const passages = passagesOf(row['passages']);
  return 'problem' in passages ? passages : { name, text, type, passages };
}

/** {is_selected: […], passage_text: […]} as in Hugging Face's files, or [{is_selected, passage_text}, …] as in Microsoft's. */
function passagesOf(value: unknown): readonly (Passage | null)[] | Problem {
  const columns = Array.isArray(value) ? columnsOf(value) : value;
  const texts = isRecord(columns) ? columns['passage_text'] : undefined;
  const selected = isRecord(columns) ? columns['is_selected'] : undefined;
  if (!Array.isArray(texts) || !Array.isArray(selected))
    return { problem: 'passages missing or of the wrong type' };
  if (texts.length !== selected.length) return { problem: 'is_selected and passage_text differ in length' };
  if (texts.length === 0) return { problem: 'no passages' };
  if (texts.length > MOST_PASSAGES) return { problem: 'more than 65,535 passages' };
  const passages: (Passage | null)[] = [];
  for (const [place, text] of (texts as readonly unknown[]).entries()) {
    const flag = FLAGS.get(selected[place]);
    if (flag === undefined) return { problem: 'is_selected is not 0, 1 or -1' };
    if (text !== null && typeof text !== 'string') return { problem: 'passage_text is not a string' };
    passages.push(text === null || isBlank(text) ? null : { text, selected: Math.max(0, flag) });
  }
  return passages;
}

function columnsOf(passages: readonly unknown[]): JsonRecord | undefined {
  const records = passages.filter(isRecord);
  if (records.length !== passages.length) return undefined;
  return {
    passage_text: records.map((passage) => passage['passage_text'] ?? null),
    is_selected: records.map((passage) => passage['is_selected'] ?? UNKNOWN),
  };
}
