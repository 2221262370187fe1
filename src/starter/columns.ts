/** Which columns of a table are questions, documents, titles, labels, splits and ids: by name, then by what they hold. */

/** A column of a table, with the values of its first rows. */
export interface Sampled {
  readonly name: string;
  readonly values: readonly unknown[];
}

export interface TableColumns {
  /** Undefined where the table has documents alone. */
  readonly query?: string;
  readonly document: string;
  readonly title?: string;
  readonly label?: string;
  readonly split?: string;
  readonly query_id?: string;
  readonly document_id?: string;
}

const QUERY = [
  'query',
  'question',
  'queries',
  'questions',
  'q',
  'search',
  'search_term',
  'anchor',
  'input',
  'prompt',
];
const DOCUMENT = [
  'document',
  'passage',
  'answer',
  'answers',
  'text',
  'body',
  'content',
  'contents',
  'context',
  'doc',
  'positive',
  'response',
  'output',
  'abstract',
  'article',
  'description',
];
const TITLE = ['title', 'name', 'heading', 'subject'];
const LABEL = ['label', 'relevance', 'is_relevant', 'relevant', 'score', 'rel', 'is_selected'];
const SPLIT = ['split', 'set', 'fold', 'subset', 'partition'];
const QUERY_ID = ['query_id', 'qid', 'question_id', 'query-id'];
const DOCUMENT_ID = [
  'document_id',
  'doc_id',
  'docid',
  'passage_id',
  'pid',
  'answer_id',
  'corpus-id',
  '_id',
  'id',
];

/** Undefined where no column holds texts. */
export function tableColumns(columns: readonly Sampled[]): TableColumns | undefined {
  const texts = columns.filter(holdsTexts);
  const named = (names: readonly string[], among: readonly Sampled[] = columns): string | undefined =>
    names.flatMap((name) => among.filter((column) => plain(column.name) === plain(name)))[0]?.name;
  const query = named(QUERY, texts);
  const label = named(LABEL, columns.filter(holdsIntegers));
  const title = named(TITLE, texts);
  const others = texts.filter(({ name }) => name !== query);
  const document = named(DOCUMENT, others) ?? longest(others.filter(({ name }) => name !== title))?.name;
  if (document === undefined) return undefined;
  const asked = query ?? shortQuestions(texts, document);
  const document_id = named(DOCUMENT_ID, columns.filter(isUnique));
  const found = {
    ...(asked !== undefined && { query: asked, query_id: named(QUERY_ID), label, split: named(SPLIT) }),
    ...(asked === undefined && { title }),
    document,
    document_id:
      asked === undefined ? document_id : named(DOCUMENT_ID.filter((name) => !/^_?id$/.test(name))),
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, name]) => name !== undefined),
  ) as unknown as TableColumns;
}

/** `Question ID`, `question-id` and `question_id` are one name. */
const plain = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

const present = ({ values }: Sampled): unknown[] =>
  values.filter((value) => value !== null && value !== undefined && value !== '');

const holdsTexts = (column: Sampled): boolean => {
  const values = present(column);
  return values.length > 0 && values.every((value) => typeof value === 'string') && !holdsIntegers(column);
};

const holdsIntegers = (column: Sampled): boolean => {
  const values = present(column);
  return values.length > 0 && values.every((value) => /^[+-]?\d+$/.test(String(value)));
};

const isUnique = (column: Sampled): boolean => {
  const values = present(column).map(String);
  return values.length === column.values.length && new Set(values).size === values.length;
};

function meanLength(column: Sampled): number {
  const values = present(column).map(String);
  return values.reduce((sum, value) => sum + value.length, 0) / Math.max(1, values.length);
}

function longest(columns: readonly Sampled[]): Sampled | undefined {
  return columns.reduce<Sampled | undefined>(
    (best, column) => (best === undefined || meanLength(column) > meanLength(best) ? column : best),
    undefined,
  );
}

/** A column without a telling name whose texts mostly end in a question mark. */
function shortQuestions(texts: readonly Sampled[], document: string): string | undefined {
  const asks = (column: Sampled): boolean => {
    const values = present(column).map(String);
    return values.filter((value) => /[?？؟]\s*$/.test(value)).length > values.length / 2;
  };
  return texts.find((column) => column.name !== document && asks(column))?.name;
}
