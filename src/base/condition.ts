/** Conditions on named values, such as `model.loss.margin=0.2`: the same for `pipeline runs --where` and the page. */

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** The groups `name`, `operator` and `value`. */
export const CONDITION = /^(?<name>[^=<>!]+)(?<operator><=|>=|!=|=|<|>)(?<value>.*)$/s;

/** Numbers are compared as numbers where `value` is one, everything else as text. */
export function meetsValue(
  found: string | number | boolean | null,
  operator: Operator,
  value: string,
): boolean {
  const number = Number(value);
  const isNumeric = typeof found === 'number' && value !== '' && !Number.isNaN(number);
  const order = isNumeric ? found - number : compareTexts(String(found), value);
  switch (operator) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

export const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
