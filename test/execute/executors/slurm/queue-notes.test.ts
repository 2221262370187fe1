import { expect, it } from 'vitest';
import { openQueueNotes } from '../../../../src/execute/executors/slurm/queue-notes.ts';

/** A run whose jobs wait for a reason; `after` lets that many seconds pass and returns what is said. */
function waiting(reason: string) {
  let second = 0;
  const said: string[] = [];
  const notes = openQueueNotes(() => second * 1000);
  const look = (): void => {
    for (const id of ['7_0', '7_1'])
      notes.waits({ id, name: 'p', index: null, state: 'PENDING', reason }, (event) => {
        if (event.type === 'log') said.push(`${event.level}: ${event.message}`);
      });
  };
  look();
  return {
    notes,
    after(seconds: number): string[] {
      for (let passed = 0; passed < seconds; passed++) {
        second += 1;
        look();
      }
      return said.splice(0);
    },
  };
}

it('a full cluster is worth a line after a minute, and then ever more seldom', () => {
  const run = waiting('Resources');
  expect(run.after(59)).toEqual([]);
  expect(run.after(1)).toEqual([
    'info: no job of this run has run for 1 min 00 s; job 7_0 waits in Slurm: Resources',
  ]);
  expect(run.after(599)).toEqual([]);
  expect(run.after(3600)).toHaveLength(2);
});

it('a full cluster is worth no line while a job of the run is running', () => {
  const run = waiting('Priority');
  for (let minute = 0; minute < 30; minute++) {
    run.notes.runs();
    expect(run.after(50)).toEqual([]);
  }
});

it('what does not pass by itself is a warning at once, one for all jobs', () => {
  expect(waiting('QOSMaxJobsPerUserLimit').after(0)).toEqual([
    'warning: job 7_0 waits in Slurm: QOSMaxJobsPerUserLimit',
  ]);
});

it('says where to look when nodes are down', () => {
  const [said] = waiting('ReqNodeNotAvail, UnavailableNodes:n1').after(0);
  expect(said).toContain('ReqNodeNotAvail, UnavailableNodes:n1 (`sinfo -R` says why nodes are down)');
});

it('says that Slurm gives no reason', () => {
  expect(waiting('None').after(60)).toEqual([expect.stringContaining('Slurm gives no reason')]);
});
