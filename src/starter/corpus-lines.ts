/** The `with` of the ingest stage for data that were looked at. */
import { identifier } from '../formats/duckdb.ts';
import type { Choices } from './choices.ts';
import type { LookedAt, SplitFiles } from './look.ts';

/** `place` makes a path relative to the spec. */
export function corpusLines(
  { source }: LookedAt,
  { divided }: Choices,
  place: (path: string) => string,
): readonly string[] {
  const split = Object.entries(divided).map(([name, fraction]) => `${name}: ${fraction}`);
  const division =
    split.length === 0
      ? []
      : [
          '# Each question is assigned by a hash of its words; nearly the same questions stay together.',
          '# `by: group, group: COLUMN` keeps all questions of a topic or a source together.',
          `split: { ${split.join(', ')} }`,
        ];
  const files = (splits: SplitFiles): string[] => [
    'splits:',
    ...Object.entries(splits).map(([name, path]) => `  ${scalar(name)}: ${scalar(place(path))}`),
  ];
  if (source.format === 'beir')
    return ['format: beir', `folder: ${scalar(place(source.folder))}`, ...division];
  if (source.format === 'msmarco' || source.format === 'squad')
    return [`format: ${source.format}`, ...files(source.splits), ...division];
  const { query, document, document_id, title } = source.columns;
  if (query === undefined && document_id === undefined) {
    const select = ['(row_number() OVER ())::VARCHAR AS id', `${identifier(document)} AS text`];
    if (title !== undefined) select.push(`${identifier(title)} AS title`);
    return [
      '# The documents have no unique id: they are numbered in their order.',
      'format: sql',
      `files: { data: ${scalar(place(Object.values(source.splits)[0]!))} }`,
      `documents: ${scalar(`SELECT ${select.join(', ')} FROM data`)}`,
    ];
  }
  if (query === undefined)
    return [
      `format: ${source.format}`,
      'documents:',
      `  files: ${scalar(place(Object.values(source.splits)[0]!))}`,
      `  id: ${scalar(document_id!)}`,
      `  text: ${scalar(document)}`,
      ...(title === undefined ? [] : [`  title: ${scalar(title)}`]),
    ];
  // A column of splits says more than the name of a file.
  const given =
    source.columns.split === undefined
      ? files(source.splits)
      : [`files: ${scalar(place(Object.values(source.splits)[0]!))}`];
  return [
    `format: ${source.format}`,
    'pairs:',
    ...given.map((line) => `  ${line}`),
    ...Object.entries(source.columns).map(([name, column]) => `  ${name}: ${scalar(String(column))}`),
    ...division,
  ];
}

/** Plain where YAML reads it as the same string. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z_./][A-Za-z0-9_./ -]*$/.test(text) && !/ $|^(true|false|null|yes|no|on|off|~)$/i.test(text);
  return plain ? text : JSON.stringify(text).replaceAll('${', '$${');
}
