import { describe, expect, it } from 'vitest';
import { rowCommand, sweepCommandLine } from '../../../../src/cli/render/sweep/commands.ts';
import type { SweepOptions } from '../../../../src/cli/commands/sweep-options.ts';
import type { AskedSweep } from '../../../../src/cli/commands/sweep-options.ts';

const sweep = (options: SweepOptions): AskedSweep =>
  ({
    file: 's.yaml',
    options,
    request: {
      experiments: [
        { name: 'plain', overrides: [] },
        { name: 'wide', overrides: [{ path: 'params.dim' }] },
      ],
    },
  }) as unknown as AskedSweep;

const configuration = (experiment: string | undefined, values: Record<string, number | string | null>) => ({
  name: 'x',
  ...(experiment === undefined ? {} : { experiment }),
  values,
  overrides: [],
});

describe('the command for a row', () => {
  it('names the experiment, and gives what the grid varied', () => {
    const wide = configuration('wide', { 'params.dim': 256, 'model.loss.margin': 0.1 });
    expect(rowCommand(wide, sweep({}))).toBe(
      'pipeline sweep s.yaml --experiments wide --set model.loss.margin=0.1',
    );
  });

  it('keeps what the command line said of all rows', () => {
    const options = {
      set: ['model.loss.margin=0.1,0.2', 'model.epochs=2'],
      metric: 'report.mrr@10',
      repeat: ['params.seed=1,2'],
      columns: ['report.map'],
      params: 'my values.yaml',
      jobs: 4,
      report: 't.md',
      json: true,
    };
    const shared =
      "--params 'my values.yaml' --metric report.mrr@10 --repeat params.seed=1,2 --columns report.map";
    expect(rowCommand(configuration(undefined, { 'model.loss.margin': 0.2 }), sweep(options))).toBe(
      `pipeline sweep s.yaml --set model.epochs=2 --set model.loss.margin=0.2 ${shared}`,
    );
    expect(sweepCommandLine(sweep({ ...options, baseline: 'plain' }))).toBe(
      `pipeline sweep s.yaml --set model.loss.margin=0.1,0.2 --set model.epochs=2 ${shared} --baseline plain`,
    );
  });

  it.each([
    ['lstm', 'a.b=lstm'],
    ['true', `'a.b="true"'`],
    ["it's", `'a.b="it'\\''s"'`],
    ['a,b', `'a.b="a,b"'`],
    [null, 'a.b=null'],
  ])('says %s so that a shell and YAML give it back', (value, text) => {
    expect(rowCommand(configuration(undefined, { 'a.b': value }), sweep({}))).toBe(
      `pipeline sweep s.yaml --set ${text}`,
    );
  });
});
