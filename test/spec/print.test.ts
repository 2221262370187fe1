import { expect, test, vi } from 'vitest';
import * as measure from '../../src/base/cells.ts';
import type { Diagnostic } from '../../src/base/diagnostic.ts';
import { formatDiagnostics } from '../../src/spec/print.ts';

const at = (text: string, part: string): Diagnostic => ({
  severity: 'error',
  message: 'wrong',
  location: { file: '/p/a.yaml', line: 7, column: text.indexOf(part) + 1, length: part.length, text },
});
const printed = (diagnostic: Diagnostic): string[] =>
  formatDiagnostics([diagnostic], { color: false }).split('\n');

test('an error shows where it is, what it is and how to fix it', () => {
  const diagnostic: Diagnostic = {
    ...at('    dimension: 3', 'dimension'),
    hint: "Did you mean 'dimensions'?",
    related: [{ message: 'first defined here', location: { ...at('a: 1', 'a').location!, line: 12 } }],
  };
  expect(`\n${printed(diagnostic).join('\n')}\n`).toBe(`
error: wrong
  --> /p/a.yaml:7:5
   |
 7 |     dimension: 3
   |     ^^^^^^^^^
   note: first defined here
  --> /p/a.yaml:12:1
   |
12 | a: 1
   | -
   = help: Did you mean 'dimensions'?
`);
});

test('tabs become four spaces, in the line and before the underline', () => {
  expect(printed(at('\ta:\tb', 'b')).slice(3)).toEqual(['7 |     a:    b', '  |           ^']);
});

test('wide characters, emoji and combining marks move the underline by the cells that they take', () => {
  expect(printed(at('名前: x', 'x')).slice(3)).toEqual(['7 | 名前: x', '  |       ^']);
  expect(printed(at('a: 日本', '日本')).slice(3)).toEqual(['7 | a: 日本', '  |    ^^^^']);
  expect(printed(at('👩‍👩‍👧: x', 'x')).slice(3)).toEqual(['7 | 👩‍👩‍👧: x', '  |     ^']);
  expect(printed(at('e\u0301: x', 'x')).slice(3)).toEqual(['7 | e\u0301: x', '  |    ^']);
});

test('a very long line is cut around the offending part', () => {
  const [line, underline] = printed(at(`${'a'.repeat(5000)} here ${'b'.repeat(5000)}`, 'here')).slice(3);
  expect(line).toBe(`7 | …${'a'.repeat(46)} here ${'b'.repeat(46)}…`);
  expect(underline!.indexOf('^')).toBe(line!.indexOf('here'));
  const whole = printed(at('x'.repeat(5000), 'x'.repeat(5000)));
  expect(whole[3]!.length).toBeLessThan(110);
});

test('nothing in a file or a message can steer the terminal', () => {
  const text = formatDiagnostics([{ ...at('a: \u001b[31m\u202e', 'a'), message: 'no \u001b[2J' }], {
    color: false,
  });
  expect(text).not.toMatch(/[\u001b\u202e]/);
});

test('colours only add escape sequences', () => {
  const colored = formatDiagnostics([at('a: b', 'b')], { color: true });
  expect(colored).toContain('\u001b[');

  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(formatDiagnostics([at('a: b', 'b')], { color: false }));
});

test('an error without a place is one line and its help', () => {
  expect(printed({ severity: 'error', message: 'there is no file', hint: 'look again' })).toEqual([
    'error: there is no file',
    '  = help: look again',
  ]);
});

/** A megabyte on one line, before and after what is wrong. */
const MEGABYTE = 1_000_000;
const LONG: Readonly<Record<string, string>> = {
  ASCII: 'z',
  'beyond ASCII': 'é',
  'two cells wide': '語',
  'combining marks only': '\u0301',
  emoji: '👩‍👩‍👧',
  tabs: '\t',
  'bidirectional controls': '\u202e',
};

for (const [name, unit] of Object.entries(LONG))
  test(`a line of a megabyte is shown as a window of bounded width: ${name}`, () => {
    const side = unit.repeat(MEGABYTE / unit.length);
    const [line, underline] = printed(at(`${side}here${side}`, 'here')).slice(3);
    expect(line).toContain('here');
    expect(line!.startsWith('7 | …')).toBe(true);
    expect(line!.endsWith('…')).toBe(true);
    expect(measure.cells(line!)).toBeLessThanOrEqual(110);
    expect(underline).toMatch(/^ {2}\| *\^{4}$/);
    expect(measure.cells(line!.slice(0, line!.indexOf('here')))).toBe(underline!.indexOf('^'));
  });

test('how much of a line is measured does not depend on how long it is', () => {
  const measured = (length: number): number => {
    const cells = vi.spyOn(measure, 'cells');
    try {
      const side = 'é'.repeat(length);
      formatDiagnostics([at(`${side}here${side}`, 'here')], { color: false });
      return cells.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
    } finally {
      cells.mockRestore();
    }
  };
  expect(measured(MEGABYTE)).toBeGreaterThan(0);
  expect(measured(MEGABYTE)).toBe(measured(MEGABYTE / 100));
});

test('a message that quotes a megabyte is shortened, and a path is not', () => {
  const path = `/home/${'folder/'.repeat(30)}a.yaml`;
  const [line] = printed({ severity: 'error', message: `no '${'x'.repeat(MEGABYTE)}' in ${path}` });
  expect(line!.length).toBeLessThan(700);
  expect(line).toContain('…');
  expect(line!.endsWith(`in ${path}`)).toBe(true);
  expect(printed({ severity: 'error', message: `no 'x' in ${path}` })).toEqual([`error: no 'x' in ${path}`]);
});

test('of very many diagnostics the first hundred are shown, errors before warnings', () => {
  const warning: Diagnostic = { severity: 'warning', message: 'odd' };
  const many = [warning, warning, ...Array.from({ length: 103 }, () => at('a: b', 'b'))];
  const blocks = formatDiagnostics(many, { color: false }).split('\n\n');
  expect(blocks).toHaveLength(101);
  expect(blocks.at(-1)).toBe('… and 3 more errors and 2 more warnings');
  expect(blocks[0]).toContain('error: wrong');
});
