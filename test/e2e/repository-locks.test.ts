/** The locks that the repository carries: every machine gives the same bytes. `npm run locks` writes them again. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { INSTALLATION } from '../../src/base/installation.ts';
import { COMMAND } from '../helpers/rig.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';

async function runLocked(spec: string, threads: number): Promise<{ code: number; output: string }> {
  const args = ['run', spec, '--locked', '--store', temporaryFolder(), '--threads', String(threads)];
  const child = spawn(process.execPath, [COMMAND, ...args], {
    cwd: INSTALLATION,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [output, ended] = await Promise.all([text(child.stderr), once(child, 'close')]);
  return { code: (ended as readonly number[])[0]!, output };
}

describe('the same YAML gives the same bytes', () => {
  it.each([1, 3])('pipelines/small.yaml, with %i threads', async (threads) => {
    const { code, output } = await runLocked('pipelines/small.yaml', threads);
    expect(code, output).toBe(0);
    expect(output).toContain('locked: 15 stages have the bytes of small.lock.yaml');
  });

  // Minutes on an idle machine with two cores; much more where others compute too.
  it('pipelines/quickstart.yaml, with two threads', { timeout: 3_600_000 }, async () => {
    const { code, output } = await runLocked('pipelines/quickstart.yaml', 2);
    expect(code, output).toBe(0);
    expect(output).toContain('locked: 9 stages have the bytes of quickstart.lock.yaml');
  });
});
