import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../src/base/owner.ts';
import { makeRig, type Rig } from '../helpers/rig.ts';

interface Report {
  readonly sound: boolean;
  readonly sections: readonly {
    readonly checks: readonly {
      readonly name: string;
      readonly state: string;
      readonly found: string;
      readonly hint?: string;
    }[];
  }[];
}

async function doctor(
  rig: Rig,
  ...args: string[]
): Promise<{ code: number | null; states: Record<string, string> }> {
  const { code, stdout, stderr } = await rig.pipeline('doctor', ...args, '--json');
  expect(stderr).toBe('');
  const { sections, sound } = JSON.parse(stdout) as Report;
  expect(sound).toBe(code === 0);
  const checks = sections.flatMap((section) => section.checks);
  for (const { state, hint, name } of checks)
    if (state !== 'ok' && name !== 'hard links') expect([name, hint]).toEqual([name, expect.any(String)]);
  return { code, states: Object.fromEntries(checks.map(({ name, state }) => [name, state])) };
}

describe('pipeline doctor', () => {
  it('finds no fault in a healthy machine and store, and leaves nothing behind', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { a: { uses: command, with: { run: "echo x > $OUTPUT/x" } } }\n' });
    await rig.run('s.yaml');
    const { code, states } = await doctor(rig);
    expect(code).toBe(0);
    expect(states).toMatchObject({
      Node: 'ok',
      'engine wasm': 'ok',
      '@duckdb/node-api': 'ok',
      usearch: 'ok',
      rename: 'ok',
      fsync: 'ok',
      artifacts: 'ok',
      locks: 'ok',
    });
    expect(readdirSync(join(rig.folder, 'artifacts', 'tmp'))).toEqual([]);
  });

  it('finds stale locks, abandoned work, damaged artifacts and unreadable records', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': 'stages: { a: { uses: command, with: { run: "echo x > $OUTPUT/x" } } }\n' });
    await rig.run('s.yaml');
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const dead = JSON.stringify({ ...thisProcess(), pid: child.pid });
    rig.write({
      'artifacts/locks/dead': dead,
      'artifacts/tmp/dead/owner.json': dead,
      'artifacts/runs/20260101T000000Z-0000000.json': '{',
    });
    const folder = join(rig.folder, 'artifacts', 'command');
    rmSync(join(folder, readdirSync(folder)[0]!, 'x'));
    const { code, states } = await doctor(rig);
    expect(code).toBe(1);
    expect(states).toMatchObject({
      locks: 'warning',
      'unfinished work': 'warning',
      artifacts: 'failed',
      'run records': 'failed',
    });
  });

  it('needs no store', async () => {
    const { code, states } = await doctor(makeRig(), '--store', 'none');
    expect([code, states['store']]).toEqual([0, 'missing']);
  });

  it('has an example in its help, and words for people', async () => {
    const rig = makeRig();
    expect((await rig.pipeline('doctor', '--help')).stdout).toContain('Examples:\n  pipeline doctor');
    expect((await rig.pipeline('doctor')).stdout).toMatch(/^machine\n✔ Node +v\d+/);
  });
});
