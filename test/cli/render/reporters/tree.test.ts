import { expect, it, onTestFinished, vi } from 'vitest';
import { treeReporter } from '../../../../src/cli/render/reporters/tree.ts';

it('a tree closes although a stage never came to its end, as when the run throws', async () => {
  const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => {
    quiet.mockRestore();
  });
  const reporter = treeReporter(['corpus', 'model']);
  reporter.onEvent({ type: 'stage-started', stage: 'corpus', key: 'abc', reasons: [], log: 'corpus.log' });
  await expect(reporter.close()).resolves.toBeUndefined();
});
