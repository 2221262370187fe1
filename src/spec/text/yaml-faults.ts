/** YAML syntax errors → diagnostics: own wording for the most common ones, the parser's message for the rest. */
import type { YAMLError } from 'yaml';
import { asSentence, type Diagnostic } from '../../base/diagnostic.ts';
import { errorAt, type Place } from './source.ts';
import { unquoted } from './unquoted.ts';

type Explain = (place: Place, message: string) => Diagnostic;

const tooDeep: Explain = (place) => errorAt(place, 'nested too deeply to be read');
const strayKey: Explain = (place, message) =>
  errorAt(place, message, {
    hint: 'Check the indentation of the line above, and quote every string that contains ": ".',
  });

/** The most common errors. */
const EXPLANATIONS: Partial<Record<YAMLError['code'], Explain>> = {
  TAB_AS_INDENT: (place) => errorAt(place, 'a tab is used for indentation', { hint: 'Indent with spaces.' }),
  MULTIPLE_DOCS: (place) =>
    errorAt(firstLine(place), 'a second document begins here; a spec must be a single document', {
      hint: 'Remove the line ---, or move the second document to a separate file.',
    }),
  BAD_INDENT: (place, message) =>
    message.startsWith('flow')
      ? errorAt(place, `a ${message.includes('sequence') ? '[' : '{'} before this is not closed`)
      : errorAt(place, 'the indentation matches no level above', { hint: asSentence(message) }),
  TAG_RESOLVE_FAILED: (place) =>
    errorAt(place, `unknown tag ${textAt(place)}`, { hint: 'Write the value without a tag.' }),
  MULTILINE_IMPLICIT_KEY: strayKey,
  BLOCK_AS_IMPLICIT_KEY: strayKey,
  RESOURCE_EXHAUSTION: tooDeep,
};

export function explainYaml(
  { code, message }: Pick<YAMLError, 'code' | 'message'>,
  place: Place,
): Diagnostic {
  const plain = sentence(message);
  return (
    unquoted(place, plain) ?? EXPLANATIONS[code]?.(place, plain) ?? errorAt(place, plain, tabHint(place))
  );
}

/** A tab at the start of the line is often the actual cause of another syntax error. */
function tabHint({ source, start }: Place): { hint?: string } {
  const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
  const indent = source.text.slice(lineStart, start);
  return indent.trim() === '' && indent.includes('\t')
    ? { hint: 'The line begins with a tab. Indent with spaces.' }
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
