/** What is wrong with a split, a metric or a sweep's options is found before the stages that take long. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRig, type Rig } from '../helpers/rig.ts';

/** Ends with a stage that mines the split that it is given; `slow` stands for training. */
const SPEC = `name: tiny
stages:
  corpus:
    uses: ingest
    with:
      format: tsv
      header: false
      pairs: { splits: { train: p.tsv }, query: 1, document: 2 }
  tokens:
    uses: tokenize
    inputs: { corpus: corpus }
    with: { min_count: 1 }
  slow:
    uses: command
    inputs: { tokens: tokens }
    with: { run: 'echo slow >> log; echo 1 > $OUTPUT/x', params: { n: 1 } }
  triplets:
    uses: mine
    inputs: { tokens: tokens }
    with: { split: trian }
`;

function rigWith(spec: string): Rig {
  const rig = makeRig();
  rig.write({
    's.yaml': spec,
    'p.tsv': 'apples\tred apples\npears\tgreen pears\nplums\tblue plums\nnuts\tbrown nuts\n',
    log: '',
  });
  return rig;
}

describe('a split that does not exist', () => {
  it('ends a run right after ingest, and refuses it once the corpus is cached', async () => {
    const rig = rigWith(SPEC);
    const first = await rig.pipeline('run', 's.yaml');
    expect([first.code, rig.read('log')]).toEqual([1, '']);
    expect(first.stderr).toContain(
      "triplets: 'split' of 'triplets' is 'trian', but 'corpus' has no such split",
    );
    expect(first.stderr).toContain("Did you mean 'train'?");
    const second = await rig.pipeline('run', 's.yaml');
    expect([second.code, rig.read('log')]).toEqual([2, '']);
    expect(second.stderr).toMatch(/--> s\.yaml:\d+:\d+\n[^]*split: trian/);
    const mended = await rig.pipeline('run', 's.yaml', '--set', 'triplets.split=train');
    expect([mended.code, rig.read('log')]).toEqual([0, 'slow\n']);
  });

  it('ends a sweep with one error, not with one for each configuration', async () => {
    const rig = rigWith(SPEC);
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml', '--set', 'slow.params.n=1,2,3');
    expect([code, rig.read('log')]).toEqual([2, '']);
    expect(stderr.match(/^error: .*no such split$/gm)).toHaveLength(1);
    expect(stderr).toContain('stopped: 0 of 3 configurations finished');
    expect(stderr).not.toContain('interrupted');
  });
});

describe('a sweep that asks for what is not there', () => {
  it.each([
    [['--metric', 'triplets.tripelts'], "Did you mean 'triplets.triplets'?"],
    [['--columns', 'slow.score'], 'The kind command gives no metrics with these parameters.'],
    [['--random', '5'], '--random needs a distribution to draw from'],
    [['--set', 'slow.params.m=log_unifrom(1,9)'], "Did you mean 'log_uniform'?"],
  ])('%s is refused before anything runs', async (args, hint) => {
    const rig = rigWith(SPEC.replace('trian', 'train'));
    const { code, stderr } = await rig.pipeline('sweep', 's.yaml', '--set', 'slow.params.n=1,2', ...args);
    expect([code, existsSync(join(rig.folder, 'artifacts', 'ingest'))]).toEqual([2, false]);
    expect(stderr).toContain(hint);
  });
});
