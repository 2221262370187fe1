/** Workers that stand still for a while (a suspended box, a debugger, a clock that jumps) and go on afterwards. */
import { describe, expect, it } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { artifactsOf, isAlive, leftovers, type Job } from '../helpers/processes.ts';
import { queueRig, takenBy, type QueueRig } from '../helpers/queue.ts';
import { REDIS } from '../helpers/redis.ts';

/** Each execution notes its process, and ends when the file is there that has its number; with code 3 after `fail`. */
const COMMAND =
  'echo $$ >> begun; n=$(wc -l < begun); until [ -e go$n ]; do sleep 0.05; done; [ -e fail$n ] && exit 3; echo made > $OUTPUT/a';
const SPEC = `stages:\n  slow: { uses: command, with: { run: '${COMMAND}' } }\n`;

/** Makes a worker one on another machine: nobody can ask here whether its processes live. */
const ELSEWHERE = "require('node:os').hostname = () => 'elsewhere';\n";

describe.skipIf(!REDIS)('a worker that is stopped and goes on (needs redis-server or valkey-server)', () => {
  interface Paused extends QueueRig {
    readonly first: Job;
    readonly other: Job;
    readonly run: Job;
    /** The executions of the stage, by their processes. */
    readonly begun: () => number[];
  }

  /** The first worker is stopped in the middle of a stage, of which a second one hears from the queue. */
  async function paused({ elsewhere }: { readonly elsewhere: boolean }): Promise<Paused> {
    const queue = await queueRig({ 's.yaml': SPEC, 'elsewhere.cjs': ELSEWHERE, begun: '' });
    const { rig, worker, start, flags } = queue;
    // Both work in one folder, as with a shared one under the same path.
    const here = ['--project', rig.folder];
    const begun = (): number[] => rig.read('begun').split('\n').filter(Boolean).map(Number);
    const first = await worker({ flags: here });
    const run = start('run', 's.yaml', ...flags);
    await eventually('the stage', () => begun().length === 1);
    const env = elsewhere ? { NODE_OPTIONS: `--require=${rig.folder}/elsewhere.cjs` } : {};
    const other = await worker({ flags: here, env });
    first.signal('SIGSTOP');
    process.kill(-begun()[0]!, 'SIGSTOP');
    await eventually('another takes over', () => takenBy(other).length === 1);
    return { ...queue, first, other, run, begun };
  }

  function goOn({ first, begun }: Paused): void {
    process.kill(-begun()[0]!, 'SIGCONT');
    first.signal('SIGCONT');
  }

  it('has its stage waited for where it can be seen that it lives: one execution', async () => {
    const queue = await paused({ elsewhere: false });
    await eventually('the other waits', () => queue.run.printed().includes('being made by another process'));
    queue.rig.write({ go1: '' });
    goOn(queue);
    const { code, stderr } = await queue.run.finished;
    expect(code, stderr).toBe(0);
    expect(queue.begun()).toHaveLength(1);
    expect(leftovers(queue.store)).toEqual([]);
  });

  it('elsewhere has its stage executed again, and what it makes later does no harm', async () => {
    const queue = await paused({ elsewhere: true });
    await eventually('a second execution', () => queue.begun().length === 2);
    queue.rig.write({ go2: '' });
    const { code, stderr } = await queue.run.finished;
    expect(code, stderr).toBe(0);
    queue.rig.write({ go1: '' });
    const [pid] = queue.begun();
    goOn(queue);
    await eventually('the first execution ends', () => !isAlive(pid!) && leftovers(queue.store).length === 0);
    expect((await queue.rig.pipeline('verify')).code).toBe(0);
    // It takes stages again.
    queue.other.signal('SIGTERM');
    expect((await queue.other.finished).code).toBe(0);
    queue.rig.write({ 't.yaml': "stages:\n  t: { uses: command, with: { run: 'echo t > $OUTPUT/a' } }\n" });
    expect((await queue.start('run', 't.yaml', ...queue.flags).finished).code).toBe(0);
    expect(takenBy(queue.first)).toEqual(['slow', 't']);
  });

  it('elsewhere may be the first to make the artifact, and a failure of the other does not count', async () => {
    const queue = await paused({ elsewhere: true });
    await eventually('a second execution', () => queue.begun().length === 2);
    queue.rig.write({ go1: '' });
    goOn(queue);
    await eventually('the artifact', () => artifactsOf(queue.store, 'command').length === 1);
    queue.rig.write({ fail2: '', go2: '' });
    const { code, stderr } = await queue.run.finished;
    expect(code, stderr).toBe(0);
    expect((await queue.rig.pipeline('verify')).code).toBe(0);
  });
});
