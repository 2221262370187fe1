/**
 * Text that YAML reads as its own syntax because it is not in quotes: the most common mistakes of all. The parser's
 * message names the character at which it stopped; here the whole text is named, and how to write it.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { errorAt, type Place } from './source.ts';
import { STAGE_FIELDS } from './vocabulary.ts';

/** How far a line is looked at, on either side of the fault. */
const REACH = 300;

/** Undefined where the fault is another one. */
export function unquoted(place: Place, message: string): Diagnostic | undefined {
  return (
    reference(place) ??
    colonInside(place, message) ??
    reserved(place, message) ??
    noColon(place) ??
    openQuote(place, message)
  );
}

interface Line {
  readonly text: string;
  /** Offset of `text` in the source. */
  readonly from: number;
  /** The fault's offset in `text`. */
  readonly at: number;
}

function lineAt({ source: { text }, start }: Place): Line {
  const from = Math.max(text.lastIndexOf('\n', start - 1) + 1, start - REACH);
  const end = text.indexOf('\n', start);
  return {
    text: text.slice(from, Math.min(end === -1 ? text.length : end, start + REACH)),
    from,
    at: start - from,
  };
}

function within(place: Place, line: Line, index: number, length: number): Place {
  const start = line.from + index;
  return { source: place.source, start, end: start + length };
}

/** `{ folder: ${params.data}/sub }`: inside { } and [ ], the { of a reference begins a mapping. */
function reference(place: Place): Diagnostic | undefined {
  const line = lineAt(place);
  for (const match of line.text.matchAll(/[^\s,[\]{}'"]*\$\{[^}'"\n]*\}[^\s,\]}'"]*/g)) {
    const end = match.index + match[0].length;
    if (line.at < match.index || line.at > end) continue;
    return errorAt(
      within(place, line, match.index, match[0].length),
      'a reference inside { } or [ ] must be in quotes',
      {
        hint: `Write '${match[0]}', in quotes.`,
      },
    );
  }
  return undefined;
}

function inFlow(before: string): boolean {
  return /[{[]/.test(before);
}

/** `run: echo a: b`: the second colon begins a mapping. */
function colonInside(place: Place, message: string): Diagnostic | undefined {
  if (!/nested mappings are not allowed|block collections are not allowed within flow/.test(message))
    return undefined;
  const line = lineAt(place);
  const rest = line.text.slice(line.at);
  const value = (inFlow(line.text.slice(0, line.at)) ? /^[^,}\]]*/.exec(rest)![0] : rest).trim();
  if (!/:(\s|$)/.test(value)) return undefined;
  return errorAt(within(place, line, line.at, value.length), 'a text that contains ": " must be in quotes', {
    hint: `Write ${quoted(value)}, in quotes.`,
  });
}

function reserved(place: Place, message: string): Diagnostic | undefined {
  const [, sign] = /^plain value cannot start with (?:reserved character|an?)? ?(.)/.exec(message) ?? [];
  if (sign === undefined) return undefined;
  const line = lineAt(place);
  const value = /^[^\s,}\]]+/.exec(line.text.slice(line.at))?.[0] ?? '';
  const start = line.text[line.at - 1] === sign ? line.at - 1 : line.at;
  const whole = start < line.at ? sign + value : value;
  return errorAt(
    within(place, line, start, Math.max(1, whole.length)),
    `a text that begins with ${sign} must be in quotes`,
    {
      hint: `Write ${quoted(whole)}, in quotes.`,
    },
  );
}

/** `uses:ingest`, `uses ingest` and `uses = ingest`, which YAML reads as one text. */
function noColon(place: Place): Diagnostic | undefined {
  const line = lineAt(place);
  const [, indent, name, value] = /^(\s*)([a-z]+)(?:\s*[:=]\s*|\s+)([^\s:=].*)$/.exec(line.text) ?? [];
  if (name === undefined || !STAGE_FIELDS.includes(name) || line.text.includes(`${name}: `)) return undefined;
  const length = line.text.trim().length;
  return errorAt(
    within(place, line, indent!.length, length),
    `a colon and a space are missing after \`${name}\``,
    {
      hint: `Write \`${name}: ${value!.trim()}\`.`,
    },
  );
}

function openQuote(place: Place, message: string): Diagnostic | undefined {
  const [, sign] = /^missing closing (['"])quote/.exec(message) ?? [];
  if (sign === undefined) return undefined;
  const { source, start } = place;
  const text = source.text.slice(0, start);
  const opened = text.lastIndexOf(sign, text.trimEnd().length - 1);
  const at: Place = opened === -1 ? place : { source, start: opened, end: opened + 1 };
  return errorAt(at, `the text that begins with ${sign} has no ${sign} at its end`, {
    hint: `Write ${sign === '"' ? 'a double' : 'a single'} quotation mark where the text ends.`,
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
