import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { thisProcess } from '../../../src/base/owner.ts';
import { openCollector } from '../../../src/store/local/collect.ts';
import { storedArtifacts } from '../../../src/store/local/inventory.ts';
import { leftoversOf, removeLeftover } from '../../../src/store/local/leftovers.ts';
import { tryLock } from '../../../src/store/lock.ts';
import { beginUse, usedArtifacts } from '../../../src/store/local/use.ts';
import { emptyStore } from '../../history/records.ts';
import { makeArtifact } from '../fixtures.ts';

describe('collecting', () => {
  it('removes an artifact and leaves no trace of it', () => {
    const layout = emptyStore();
    const { path } = makeArtifact(layout, 1);
    const collector = openCollector(layout);
    for (const artifact of storedArtifacts(layout)) expect(collector.remove(artifact)).toBe(true);
    collector.close();
    expect([existsSync(path), readdirSync(layout.tmp), readdirSync(layout.locks)]).toEqual([false, [], []]);
  });

  it('leaves what a living process noted, until it is done with it', () => {
    const layout = emptyStore();
    const { path, manifest } = makeArtifact(layout, 1);
    const [artifact] = storedArtifacts(layout);
    const use = beginUse(layout);
    use.add(manifest.kind, manifest.key);
    const collector = openCollector(layout);
    expect([collector.remove(artifact!), existsSync(path)]).toEqual([false, true]);
    use.close();
    expect([collector.remove(artifact!), existsSync(path)]).toEqual([true, false]);
    collector.close();
  });

  it('keeps what is being made anew', () => {
    const layout = emptyStore();
    const { manifest } = makeArtifact(layout, 1);
    const lock = tryLock(join(layout.locks, manifest.key))!;
    const collector = openCollector(layout);
    expect([...storedArtifacts(layout)].map((artifact) => collector.remove(artifact))).toEqual([false]);
    lock.release();
    collector.close();
  });

  it('happens once at a time', () => {
    const layout = emptyStore();
    const collector = openCollector(layout);
    expect(() => openCollector(layout)).toThrow('another process is collecting garbage');
    collector.close();
    openCollector(layout).close();
  });

  it('forgets the notes of a process that died', async () => {
    const layout = emptyStore();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    mkdirSync(join(layout.tmp, 'w'), { recursive: true });
    writeFileSync(join(layout.tmp, 'w', 'uses'), 'made/k\n');
    writeFileSync(join(layout.tmp, 'w', 'owner.json'), JSON.stringify(thisProcess()));
    expect([...usedArtifacts(layout)]).toEqual(['made/k']);
    writeFileSync(join(layout.tmp, 'w', 'owner.json'), JSON.stringify({ ...thisProcess(), pid: child.pid }));
    expect([...usedArtifacts(layout)]).toEqual([]);
  });
});

describe('leftovers', () => {
  it('are what dead processes left, and nothing in use', async () => {
    const layout = emptyStore();
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    const dead = JSON.stringify({ ...thisProcess(), pid: child.pid });
    const { manifest } = makeArtifact(layout, 1);
    const put = (path: string, content: string, days = 0): void => {
      const file = join(layout.root, path);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, content);
      const time = Date.now() / 1000 - days * 86_400;
      utimesSync(file, time, time);
    };
    put('tmp/dead/owner.json', dead);
    put('tmp/alive/owner.json', JSON.stringify(thisProcess()));
    put('locks/dead', dead);
    put('locks/alive', JSON.stringify(thisProcess()));
    put(`resume/${manifest.key}/checkpoint`, 'x');
    put('resume/unfinished/checkpoint', 'x');
    put('logs/old.log', 'x', 40);
    put('logs/new.log', 'x');
    put('downloads/a', 'finished', 40);
    put('downloads/b.part', 'unfinished', 40);
    const find = (downloads: boolean): string[] =>
      leftoversOf(layout, { grace: 86_400, downloads, now: Date.now() }).map(({ path }) =>
        path.slice(layout.root.length + 1),
      );
    expect(find(false)).toEqual([
      'tmp/dead',
      'locks/dead',
      `resume/${manifest.key}`,
      'logs/old.log',
      'downloads/b.part',
    ]);
    expect(find(true)).toContain('downloads/a');
    for (const leftover of leftoversOf(layout, { grace: 0, downloads: false, now: Date.now() }))
      removeLeftover(layout, leftover);
    expect(find(false)).toEqual([]);
    expect(existsSync(join(layout.tmp, 'alive'))).toBe(true);
  });
});
