import { expect, it } from 'vitest';
import { scoredSweep } from '../helpers/scored-sweep.ts';

it('shows the stages of a sweep as they execute, and the sweep as one row of the history', async () => {
  const rig = scoredSweep();
  const { stderr } = await rig.pipeline('sweep', 's.yaml', '--experiments', 'plain,wide');
  expect(stderr).toMatch(/^▶ corpus {2}/m);
  expect(stderr).toMatch(/^✔ model#1 {2}/m);
  expect(stderr).toMatch(/^✔ 1\/6 {2}.* · about \d+ s left$/m);
  expect(stderr).not.toMatch(/^✔ 6\/6 .* left$/m);
  await rig.run('s.yaml', '--set', 'model.params.margin=0.7');
  const listed = (await rig.pipeline('runs')).stdout.split('\n').filter(Boolean);
  expect(listed).toHaveLength(3);
  expect(listed[2]).toMatch(/^(\S+) +.* tiny +done +.*sweep: 6 runs · best report\.mrr 0\.615$/);
  const id = listed[2]!.split(' ')[0]!;
  const runs = await rig.pipeline('runs', '--sweep', id);
  expect(runs.stdout.split('\n').filter(Boolean)).toHaveLength(7);
  const cut = await rig.pipeline('runs', '--limit', '1');
  expect(cut.stderr).toBe('6 more runs; show them with --all or --limit 2\n');
  const sql = await rig.pipeline(
    'sql',
    'select count(*)::int as n from runs where sweep is not null',
    '--json',
  );
  expect(JSON.parse(sql.stdout)).toEqual([{ n: 6 }]);
  const unknown = await rig.pipeline('runs', '--sweep', 'nothing');
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining(id) as string]);
});
