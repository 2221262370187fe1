/** Parameters that an input decides (`x-unless: SLOT`): writing them beside that input is a contradiction. */
import { isObject } from '../../base/json.ts';
import type { KnownStage } from './inputs.ts';
import { errorAt, type Report } from '../text/source.ts';

/** `fed`: the slots that a stage feeds. */
export function checkInputInstead({ raw, kind }: KnownStage, fed: ReadonlySet<string>, report: Report): void {
  const { properties } = kind.declaration.parameters;
  if (!isObject(properties)) return;
  for (const [name, { key }] of raw.with.entries) {
    const schema = properties[name];
    const slot = isObject(schema) ? schema['x-unless'] : undefined;
    if (typeof slot !== 'string' || !fed.has(slot)) continue;
    report(
      errorAt(key, `\`${name}\` is decided by the input '${slot}' and cannot be set beside it`, {
        hint: `Remove it, or write \`${name}: null\` where a base sets it. Without the input, it counts.`,
      }),
    );
  }
}
