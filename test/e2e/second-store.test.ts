/** A whole run on a store that is not the folder on this machine: the seam holds from planning to publishing. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storeLayout, type StoreLayout } from '../../src/store/layout.ts';
import { localStore } from '../../src/store/local/local-store.ts';
import { temporaryFolder } from '../helpers/run-kind.ts';
import { runSpec, type SpecResult } from '../helpers/run-spec.ts';
import { mirroredStore, type Traffic } from '../store/mirrored-store.ts';

const SPEC = `
name: remote
params: { word: beta }
stages:
  letters: { uses: command, with: { run: 'echo alpha > $OUTPUT/a; echo gamma > $OUTPUT/c' } }
  words: { uses: command, inputs: { letters: letters }, with: { run: 'cat $INPUT_LETTERS/* > $OUTPUT/all; echo \${params.word} >> $OUTPUT/all' } }
  count: { uses: command, inputs: { words: words }, with: { run: 'wc -w < $INPUT_WORDS/all > $OUTPUT/count' } }
`;

interface Machine {
  readonly layout: StoreLayout;
  readonly traffic: Traffic;
  readonly run: (file: string) => Promise<SpecResult>;
}

/** A machine with an empty folder of its own in front of the remote one. */
function machine(remote: string): Machine {
  const layout = storeLayout(temporaryFolder());
  const traffic = { manifests: 0, files: 0 };
  const store = mirroredStore(localStore(layout), remote, traffic);
  return { layout, traffic, run: (file) => runSpec(file, { layout, store }) };
}

function project(text = SPEC): string {
  const file = join(temporaryFolder(), 's.yaml');
  writeFileSync(file, text);
  return file;
}

const keptHere = ({ root }: StoreLayout): string[] => {
  const folder = join(root, 'command');
  return readdirSync(root).includes('command') ? readdirSync(folder) : [];
};

describe('a run with a remote store behind the local one', () => {
  it('finds everything that another machine made, and moves manifests alone', async () => {
    const remote = temporaryFolder();
    const first = await machine(remote).run(project());
    expect(first.states).toEqual({ letters: 'executed', words: 'executed', count: 'executed' });

    const second = machine(remote);
    const again = await second.run(project());
    expect(again.states).toEqual({ letters: 'cached', words: 'cached', count: 'cached' });
    expect(again.digests).toEqual(first.digests);
    expect(second.traffic).toEqual({ manifests: 3, files: 0 });
    expect(keptHere(second.layout)).toEqual([]);
    expect(again.events.find(({ type }) => type === 'stage-cached')).toMatchObject({ path: null });
  });

  it('fetches the inputs of the stages that execute, and nothing else', async () => {
    const remote = temporaryFolder();
    await machine(remote).run(project());
    const second = machine(remote);
    const { states } = await second.run(project(SPEC.replace('wc -w', 'wc -c')));
    expect(states).toEqual({ letters: 'cached', words: 'cached', count: 'executed' });
    // `words` has one file; the two of `letters` stay where they are.
    expect(second.traffic.files).toBe(1);
    expect(keptHere(second.layout)).toHaveLength(2);
  });

  it('does not execute on an input whose remote bytes are not those of its manifest', async () => {
    const remote = temporaryFolder();
    const { result } = await machine(remote).run(project());
    const words = result.stages[1]!.end as { artifact: { manifest: { key: string } } };
    const file = join(remote, 'command', words.artifact.manifest.key, 'all');
    chmodSync(file, 0o644);
    writeFileSync(file, 'poison');
    const { states, events } = await machine(remote).run(project(SPEC.replace('wc -w', 'wc -c')));
    expect(states['count']).toBe('failed');
    expect(events.find(({ type }) => type === 'stage-failed')).toMatchObject({
      code: 'E_STORE',
      message: "the artifact of 'words' is missing from the store, or has changed",
    });
  });
});
