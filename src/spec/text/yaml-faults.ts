import type { YAMLError } from 'yaml';
import type { Diagnostic } from '../../base/diagnostic.ts';
import { errorAt, type Place } from './source.ts';

type Explain = (place: Place, message: string) => Diagnostic;

const tooDeep: Explain = (place) => errorAt(place, 'nested too deeply to be read');
const strayKey: Explain = (place, message) =>
  errorAt(place, message, {
    hint: 'is the line above indented right, and is every text with ": " in it quoted?',
  });

/** The faults that people make most, in their words; the library's own sentence for the rest. */
const EXPLANATIONS: Partial<Record<YAMLError['code'], Explain>> = {
  TAB_AS_INDENT: (place) =>
    errorAt(place, 'a tab is used for indentation', { hint: 'YAML indents with spaces' }),
  MULTIPLE_DOCS: (place) =>
    errorAt(firstLine(place), 'a second document begins here; a spec is one document', {
      hint: 'remove the line ---, or put the second document in a file of its own',
    }),
  BAD_INDENT: (place, message) =>
    message.startsWith('flow')
      ? errorAt(place, `a ${message.includes('sequence') ? '[' : '{'} before this is not closed`)
      : errorAt(place, 'the indentation fits no level above', { hint: message }),
  TAG_RESOLVE_FAILED: (place) =>
    errorAt(place, `unknown tag ${textAt(place)}`, { hint: 'write the value without a tag' }),
  MULTILINE_IMPLICIT_KEY: strayKey,
  BLOCK_AS_IMPLICIT_KEY: strayKey,
  RESOURCE_EXHAUSTION: tooDeep,
};

export function explainYaml(
  { code, message }: Pick<YAMLError, 'code' | 'message'>,
  place: Place,
): Diagnostic {
  const plain = sentence(message);
  return EXPLANATIONS[code]?.(place, plain) ?? errorAt(place, plain, tabHint(place));
}

/** A tab at the start of the line is often what went wrong, whatever the parser stumbled over. */
function tabHint({ source, start }: Place): { hint?: string } {
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
  const indent = source.text.slice(lineStart, start);
  return indent.trim() === '' && indent.includes('\t')
    ? { hint: 'the line begins with a tab: YAML indents with spaces' }
    : {};
}

function firstLine({ source, start, end }: Place): Place {
  const lineEnd = source.text.indexOf('\n', start);
  return { source, start, end: lineEnd === -1 ? end : Math.min(end, lineEnd) };
}

function textAt({ source, start, end }: Place): string {
  return source.text.slice(start, end);
}

function sentence(message: string): string {
  const first = message.split('\n', 1)[0]!;
  return first.charAt(0).toLowerCase() + first.slice(1).replace(/\.$/, '');
}
