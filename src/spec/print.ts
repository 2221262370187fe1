/** Formats diagnostics for people: the place, the line with the offending part underlined, and what to do. */
import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Diagnostic, Location } from '../base/diagnostic.ts';
import { bounded, windowOf } from './window.ts';

export interface PrintOptions {
  readonly color: boolean;
}

type Style = 'error' | 'warning' | 'note' | 'frame' | 'strong';
type Paint = (style: Style, text: string) => string;

const COLORS: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  note: ['bold', 'green'],
  frame: ['bold', 'blue'],
  strong: 'bold',
};

/** Nobody reads more at once, and a generated spec can have many thousands. */
const MOST_SHOWN = 100;

/** One block per diagnostic, a blank line between them, no line break at the end. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[], { color }: PrintOptions): string {
  const paint: Paint = (style, text) =>
    color ? styleText(COLORS[style], text, { validateStream: false }) : text;
  const { shown, rest } = select(diagnostics);
  const blocks = shown.map((diagnostic) => formatOne(diagnostic, paint));
  return [...blocks, ...(rest === undefined ? [] : [rest])].join('\n\n');
}

/** Where there are too many, errors come before warnings, and a last line counts those that are not shown. */
function select(all: readonly Diagnostic[]): {
  readonly shown: readonly Diagnostic[];
  readonly rest?: string;
} {
  if (all.length <= MOST_SHOWN) return { shown: all };
  const of = (severity: Diagnostic['severity']): Diagnostic[] =>
    all.filter((one) => one.severity === severity);
  const [errors, warnings] = [of('error'), of('warning')];
  const shown = [...errors, ...warnings].slice(0, MOST_SHOWN);
  const counts = [
    { word: 'error', left: Math.max(0, errors.length - MOST_SHOWN) },
    { word: 'warning', left: warnings.length - Math.max(0, MOST_SHOWN - errors.length) },
  ].flatMap(({ word, left }) => (left > 0 ? [`${left} more ${word}${left === 1 ? '' : 's'}`] : []));
  return { shown, rest: `… and ${counts.join(' and ')}` };
}

function formatOne({ severity, message, location, hint, related = [] }: Diagnostic, paint: Paint): string {
  const places = [location, ...related.map((other) => other.location)].filter((place) => place !== undefined);
  const margin = ' '.repeat(String(Math.max(1, ...places.map(({ line }) => line))).length);
  const lines = [`${paint(severity, severity)}${paint('strong', `: ${bounded(message)}`)}`];
  if (location) lines.push(...excerpt(location, '^', severity, margin, paint));
  for (const { message: text, location: place } of related)
    lines.push(
      `${margin} ${paint('note', 'note')}: ${bounded(text)}`,
      ...excerpt(place, '-', 'note', margin, paint),
    );
  if (hint !== undefined)
    lines.push(`${margin} ${paint('frame', '=')} ${paint('strong', 'help')}: ${bounded(hint)}`);
  return lines.join('\n');
}

function excerpt(location: Location, mark: string, style: Style, margin: string, paint: Paint): string[] {
  const { file, line, column } = location;
  const { text, before, length } = windowOf(location);
  const number = String(line).padStart(margin.length);
  const bar = paint('frame', '|');
  return [
    `${margin}${paint('frame', '-->')} ${shortPath(file)}:${line}:${column}`,
    `${margin} ${bar}`,
    `${paint('frame', number)} ${bar} ${text}`.trimEnd(),
    `${margin} ${bar} ${' '.repeat(before)}${paint(style, mark.repeat(length))}`,
  ];
}

function shortPath(file: string): string {
  if (file === '--set') return file;
  const short = relative(process.cwd(), file);
  return short === '' || short.startsWith('..') ? file : short;
}
