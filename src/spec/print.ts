/** Formats diagnostics for people: the place, the line with the offending part underlined, and what to do. */
import { relative } from 'node:path';
import { styleText } from 'node:util';
import { cells } from '../base/cells.ts';
import type { Diagnostic, Location } from '../base/diagnostic.ts';

export interface PrintOptions {
  readonly color: boolean;
}

/** Longer lines are shortened around the offending part. */
const MAX_CELLS = 100;
const TAB = '    ';

type Style = 'error' | 'warning' | 'note' | 'frame' | 'strong';
type Paint = (style: Style, text: string) => string;

const COLORS: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'green'],
  frame: ['bold', 'blue'],
  strong: 'bold',
};

/** One block per diagnostic, a blank line between them, no line break at the end. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], { color }: PrintOptions): string {
  const paint: Paint = (style, text) =>
    color ? styleText(COLORS[style], text, { validateStream: false }) : text;
  return diagnostics.map((diagnostic) => formatOne(diagnostic, paint)).join('\n\n');
}

function formatOne({ severity, message, location, hint, related = [] }: Diagnostic, paint: Paint): string {
  const places = [location, ...related.map((other) => other.location)].filter((place) => place !== undefined);
  const margin = ' '.repeat(String(Math.max(1, ...places.map(({ line }) => line))).length);
  const lines = [`${paint(severity, severity)}${paint('strong', `: ${visible(message)}`)}`];
  if (location) lines.push(...excerpt(location, '^', severity, margin, paint));
  for (const { message: text, location: place } of related)
    lines.push(
      `${margin} ${paint('note', 'note')}: ${visible(text)}`,
      ...excerpt(place, '-', 'note', margin, paint),
    );
  if (hint !== undefined)
    lines.push(`${margin} ${paint('frame', '=')} ${paint('strong', 'help')}: ${visible(hint)}`);
  return lines.join('\n');
}

function excerpt(location: Location, mark: string, style: Style, margin: string, paint: Paint): string[] {
  const { file, line, column } = location;
  const { text, before, length } = cut(location);
  const number = String(line).padStart(margin.length);
  const bar = paint('frame', '|');
  return [
    `${margin}${paint('frame', '-->')} ${shortPath(file)}:${line}:${column}`,
    `${margin} ${bar}`,
    `${paint('frame', number)} ${bar} ${text}`.trimEnd(),
    `${margin} ${bar} ${' '.repeat(before)}${paint(style, mark.repeat(length))}`,
  ];
}

/** The line as shown, and the width in terminal cells of what precedes the underlined part and of that part. */
function cut({ text, column, length }: Location): { text: string; before: number; length: number } {
  const head = visible(text.slice(0, column - 1));
  const body = visible(text.slice(column - 1, column - 1 + length));
  const tail = visible(text.slice(column - 1 + length));
  if (cells(head) + cells(body) + cells(tail) <= MAX_CELLS)
    return { text: head + body + tail, before: cells(head), length: Math.max(1, cells(body)) };
  const middle = keepStart(body, Math.floor(MAX_CELLS * 0.6));
  const spare = MAX_CELLS - cells(middle);
  const left = keepEnd(head, Math.max(Math.floor(spare / 2), spare - cells(tail)));
  const right = keepStart(tail, spare - cells(left));
  return { text: left + middle + right, before: cells(left), length: Math.max(1, cells(middle)) };
}

function keepStart(text: string, most: number): string {
  if (cells(text) <= most) return text;
  const characters = Array.from(text.slice(0, most));
  while (cells(characters.join('')) > Math.max(0, most - 1)) characters.pop();
  return `${characters.join('')}…`;
}

function keepEnd(text: string, most: number): string {
  if (cells(text) <= most) return text;
  const characters = Array.from(most > 0 ? text.slice(-most) : '');
  while (cells(characters.join('')) > Math.max(0, most - 1)) characters.shift();
  return `…${characters.join('')}`;
}

/** Replaces tabs by spaces and control characters by visible symbols, so that no file can control the terminal. */
function visible(text: string): string {
  return text
    .replaceAll('\t', TAB)
    .replaceAll('\n', ' ')
    .replace(/[\u0000-\u001f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, '·');
}

function shortPath(file: string): string {
  if (file === '--set') return file;
  const short = relative(process.cwd(), file);
  return short === '' || short.startsWith('..') ? file : short;
}
