import { afterEach, expect, it, vi } from 'vitest';
import { linesReporter } from '../../../../src/cli/render/reporters/lines.ts';

const printed: string[] = [];
vi.mock(import('../../../../src/cli/render/output.ts'), async (original) => ({
  ...(await original()),
  printNotice: (text: string) => void printed.push(text),
}));

afterEach(() => {
  vi.useRealTimers();
});

it('the bar begins anew when a later run has a stage of the same name, as each rung of halving has', () => {
  vi.useFakeTimers({ toFake: ['hrtime'] });
  const reporter = linesReporter();
  const report = (done: number): void => {
    vi.advanceTimersByTime(6_000);
    reporter.onEvent({ type: 'stage-progress', stage: 'model', done, total: 10, unit: 'steps' });
  };
  for (const done of [5, 10]) report(done);
  const outcome = {
    kind: 'train',
    key: 'k',
    digest: 'd',
    path: null,
    metrics: {},
    headline: null,
    warnings: [],
  };
  reporter.onEvent({ type: 'stage-finished', stage: 'model', seconds: 12, ...outcome });
  for (const done of [1, 2]) report(done);
  const bars = printed.filter((line) => line.includes('█'));
  expect(bars).toEqual([expect.stringContaining('█ 100 %'), expect.stringContaining('░ 20 %')]);
});
