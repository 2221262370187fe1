import { describe, expect, it } from 'vitest';
import { makeRig } from '../helpers/rig.ts';

/** Both stages have one key, because nothing distinguishes them but their names. */
const twins = (run: string): string => `
stages:
  first: { uses: command, with: { run: '${run}' } }
  second: { uses: command, with: { run: '${run}' } }
  after: { uses: command, inputs: { x: second }, with: { run: 'cat $INPUT_X/x > $OUTPUT/x' } }
`;

describe('two stages of a spec with the same key', () => {
  it('are executed once, and the second one says which it equals', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': twins('echo made >> made; echo 1 > $OUTPUT/x') });
    const { code, stderr } = await rig.pipeline('run', 's.yaml');
    expect(code).toBe(0);
    expect(stderr).toContain("… second  the same as 'first'\n");
    expect(stderr).toContain('✔ second  cached');
    expect(stderr).not.toContain('another process');
    expect(stderr).toContain('1 cached, 2 executed');
    expect(rig.read('made')).toBe('made\n');
  });

  it('are executed once with --force, too', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': twins('echo made >> made; echo 1 > $OUTPUT/x') });
    await rig.run('s.yaml');
    const { stages, events } = await rig.run('s.yaml', '--force', 'first,second');
    expect(stages).toEqual({ first: 'finished', second: 'cached', after: 'cached' });
    expect(events.find(({ type }) => type === 'stage-waiting')).toMatchObject({
      stage: 'second',
      sameAs: 'first',
    });
    expect(rig.read('made')).toBe('made\nmade\n');
  });

  it('fail once: the second one is not tried', async () => {
    const rig = makeRig();
    rig.write({ 's.yaml': twins('echo made >> made; exit 1') });
    const { code, stages } = await rig.run('s.yaml', '--keep-going');
    expect(code).toBe(1);
    expect(stages).toEqual({ first: 'failed', second: 'skipped', after: 'skipped' });
    expect(rig.read('made')).toBe('made\n');
  });
});
