/** Lines of a text file of word vectors, before it is known whether they are rows: fields and what looks like a value. */

/** What was meant as a value, even if it cannot be read as one: NaN, infinity, a decimal comma. */
const VALUE = /^[+-]?(\d+([.,]\d*)?|[.,]\d+)(e[+-]?\d+)?$|^[+-]?(nan|inf(inity)?)$/i;

/** Fields are separated by spaces or tabs; a space at the start stands before a field of its own. */
export function fieldsOf(line: string): string[] {
  return line.trimEnd().split(/[ \t]+/);
}

/** The count of values at the end of a row; its first field is always the word. */
export function valuesIn(line: string): number {
  const fields = fieldsOf(line).slice(1);
  return fields.length - 1 - fields.findLastIndex((field) => !VALUE.test(field));
}

/** The most frequent count of values in these lines; of several, the one that comes first. */
export function usualValues(lines: readonly string[]): number {
  const counts = new Map<number, number>();
  for (const line of lines) counts.set(valuesIn(line), (counts.get(valuesIn(line)) ?? 0) + 1);
  let best = 0;
  for (const [values, count] of counts) if (count > (counts.get(best) ?? 0)) best = values;
  return best;
}

/** The character other than space and tab that separates the fields of a row, if there is one. */
export function otherSeparator(line: string): string | undefined {
  return [',', ';', '|'].find((separator) => {
    const fields = line.split(separator).map((field) => field.trim());
    return fields.length > 2 && fields.slice(1).every((field) => VALUE.test(field));
  });
}
