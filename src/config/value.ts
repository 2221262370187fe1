/** One value against its setting, wherever the value comes from: a file, the environment or the command line. */
import { didYouMean } from '../base/nearest.ts';
import { describe } from '../spec/text/tree.ts';
import { alternatives } from '../spec/text/vocabulary.ts';
import type { Setting } from './settings.ts';
import type { Fault } from './urls.ts';

export interface ValueFault extends Omit<Fault, 'hint'> {
  readonly hint?: string | undefined;
  /** The item of the list that is wrong. */
  readonly item?: number;
}

export function valueFault(setting: Setting, value: unknown): ValueFault | undefined {
  switch (setting.type) {
    case 'string':
      return stringFault(setting, value);
    case 'boolean':
      return typeof value === 'boolean' ? undefined : booleanFault(value);
    case 'integer':
      return Number.isInteger(value) &&
        (value as number) >= setting.minimum &&
        (value as number) <= setting.maximum
        ? undefined
        : {
            message: `must be an integer from ${setting.minimum} to ${setting.maximum}, got ${describe(value)}`,
          };
    case 'list':
      return listFault(value);
  }
}

function stringFault(setting: Extract<Setting, { type: 'string' }>, value: unknown): ValueFault | undefined {
  if (typeof value !== 'string') {
    const isText = typeof value === 'number' || typeof value === 'boolean';
    return {
      message: `must be ${setting.values ? alternatives(setting.values) : 'a string'}, got ${describe(value)}`,
      hint: isText && !setting.values ? `Write '${String(value)}' in quotes.` : undefined,
    };
  }
  if (setting.values && !setting.values.includes(value))
    return {
      message: `must be ${alternatives(setting.values)}, got ${describe(value)}`,
      hint: didYouMean(value, setting.values),
    };
  if (value.trim() === '')
    return { message: 'must not be empty', hint: 'Leave the name out for the default.' };
  return setting.check?.(value);
}

function booleanFault(value: unknown): ValueFault {
  const isYes = typeof value === 'string' && /^(yes|on|true|1)$/i.test(value);
  const isWord = typeof value === 'string' && /^(yes|on|true|no|off|false)$/i.test(value);
  return {
    message: `must be true or false, got ${describe(value)}`,
    hint: isWord
      ? `Write ${isYes ? 'true' : 'false'} without quotes; in YAML 1.2, yes, no, on and off are text.`
      : undefined,
  };
}

function listFault(value: unknown): ValueFault | undefined {
  if (!Array.isArray(value))
    return {
      message: `must be a list, got ${describe(value)}`,
      hint: typeof value === 'string' ? `Write a list of one item: ['${value}'].` : undefined,
    };
  const item = value.findIndex((one) => typeof one !== 'string');
  if (item === -1) return undefined;
  return {
    message: `must be a list of strings, got ${describe(value[item])} as item ${item + 1}`,
    hint: `Write '${String(value[item])}' in quotes.`,
    item,
  };
}
