import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storedArtifacts } from '../../../src/store/local/inventory.ts';
import { tryLock } from '../../../src/store/lock.ts';
import { faultsOf, quarantine } from '../../../src/store/local/verify.ts';
import { emptyStore } from '../../history/records.ts';
import { makeArtifact } from '../fixtures.ts';

/** The faults of an artifact after something was done to its folder. */
function faultsAfter(damage: (folder: string) => void): string[] {
  const layout = emptyStore();
  damage(makeArtifact(layout, 1).path);
  return [...storedArtifacts(layout)].flatMap((artifact) => faultsOf(artifact));
}

function overwrite(file: string, content: string): void {
  chmodSync(file, 0o644);
  writeFileSync(file, content);
}

describe('verifying an artifact', () => {
  it('finds no fault in a new artifact', () => {
    expect(faultsAfter(() => undefined)).toEqual([]);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'a byte that changed, the length being the same',
      (folder) => {
        overwrite(join(folder, 'content.txt'), 'content 2\n');
      },
      'content.txt has other bytes than when it was made',
    ],
    [
      'a file that was cut',
      (folder) => {
        overwrite(join(folder, 'content.txt'), 'cont');
      },
      'content.txt has 4 bytes instead of 10',
    ],
    [
      'a file that is gone',
      (folder) => {
        rmSync(join(folder, 'content.txt'));
      },
      'content.txt is missing',
    ],
    [
      'a file that was added',
      (folder) => {
        writeFileSync(join(folder, 'extra'), '');
      },
      'extra does not belong to it',
    ],
    [
      'a link in place of a file',
      (folder) => {
        rmSync(join(folder, 'content.txt'));
        symlinkSync('manifest.json', join(folder, 'content.txt'));
      },
      'content.txt is not a plain file',
    ],
    [
      'a torn manifest',
      (folder) => {
        overwrite(join(folder, 'manifest.json'), '{"format": 1,');
      },
      'its manifest is missing or unreadable',
    ],
    [
      'a manifest whose parameters were edited',
      (folder) => {
        const file = join(folder, 'manifest.json');
        overwrite(file, readFileSync(file, 'utf8').replace('"id": 1', '"id": 7'));
      },
      'its key document does not give its key',
    ],
  ])('finds %s', (_, damage, fault) => {
    expect(faultsAfter(damage)).toContain(fault);
  });
});

describe('quarantine', () => {
  it('moves an artifact aside, and again when it is damaged again', () => {
    const layout = emptyStore();
    const places = [1, 2].map(() => {
      makeArtifact(layout, 1);
      const [artifact] = storedArtifacts(layout);
      return quarantine(layout, artifact!)!;
    });
    expect(places.every(existsSync)).toBe(true);
    expect(places[1]).toBe(`${places[0]!}-2`);
    expect([...storedArtifacts(layout)]).toEqual([]);
  });

  it('leaves alone what somebody is making anew', () => {
    const layout = emptyStore();
    const { manifest } = makeArtifact(layout, 1);
    const lock = tryLock(join(layout.locks, manifest.key))!;
    const [artifact] = storedArtifacts(layout);
    expect(quarantine(layout, artifact!)).toBeUndefined();
    lock.release();
    expect(quarantine(layout, artifact!)).toBeDefined();
  });
});
