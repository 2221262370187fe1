/** The built command in a real pseudo-terminal, and what is to be seen there. */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { COMMAND, type Rig } from './rig.ts';
import { Screen } from './screen.ts';

export const hasPython = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;

export interface Terminal {
  readonly screen: Screen;
  readonly finished: Promise<number | null>;
  resize(rows: number, columns: number): void;
  type(text: string): void;
}

/** What would make the command print plain lines, or other colours. */
const DECIDES_OUTPUT = new Set(['CI', 'NO_COLOR', 'FORCE_COLOR']);

export const CTRL_C = '\u0003';

export function openTerminal(
  rig: Rig,
  args: readonly string[],
  { rows, columns }: { readonly rows: number; readonly columns: number },
): Terminal {
  const script = join(import.meta.dirname, 'run_in_pty.py');
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !DECIDES_OUTPUT.has(name)));
  const child = spawn(
    'python3',
    [script, String(rows), String(columns), process.execPath, COMMAND, ...args],
    { cwd: rig.folder, env: { ...env, TERM: 'xterm-256color' }, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const screen = new Screen(rows, columns);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    screen.write(text);
  });
  const order = (values: readonly unknown[]): void => {
    child.stdin.write(`${JSON.stringify(values)}\n`);
  };
  return {
    screen,
    finished: new Promise((resolve) => child.on('close', resolve)),
    resize: (...size) => {
      order(['size', ...size]);
    },
    type: (text) => {
      order(['key', text]);
    },
  };
}
