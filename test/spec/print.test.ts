import { expect, test } from 'vitest';
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
