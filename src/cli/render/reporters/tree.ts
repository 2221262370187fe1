/** A live tree on a terminal: one line per stage, with progress, rate and time left while it runs. */
import {
  Listr,
  ListrLogger,
  type ListrDefaultRendererLogLevels,
  ProcessOutput,
  type ListrTaskWrapper,
  type DefaultRenderer,
  type SimpleRenderer,
} from 'listr2';
import { monotonic } from '../../../base/clock.ts';
import { reasonText } from '../../../plan/reason.ts';
import type { RunEvent, StageOutcome } from '../../../execute/events.ts';
import { printNotice, styleFor, useColor, type Style } from '../output.ts';
import { trackProgress } from '../progress-text.ts';
import { durationText } from '../text.ts';
import { warningCount, warningText } from '../warnings.ts';
import { countsText, failureText } from './failure.ts';
import type { Reporter } from './reporter.ts';

type Task = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>;

interface Row {
  readonly stage: string;
  readonly onEvent: (event: StageEvent) => void;
  readonly task: (task: Task) => Promise<void>;
  /** Lets go of a stage that came to no end, because the run threw. */
  readonly close: () => void;
}

type StageEvent = Extract<RunEvent, { readonly stage: string }>;

const REDRAW_MS = 250;

/** `stages` are those that may execute; cached ones are only counted. */
export function treeReporter(stages: readonly string[]): Reporter {
  const style = styleFor(useColor(process.stderr));
  const width = Math.max(...stages.map((stage) => stage.length), 0);
  const rows = new Map(stages.map((stage) => [stage, stageRow(stage, width, style)]));
  const after: string[] = [];
  const tree = new Listr(
    [...rows.values()].map((row) => ({ title: row.stage, task: (_: unknown, task: Task) => row.task(task) })),
    {
      concurrent: true,
      exitOnError: false,
      renderer: 'default',
      rendererOptions: {
        showErrorMessage: false,
        collapseErrors: false,
        logger: new ListrLogger<ListrDefaultRendererLogLevels>({
          useIcons: false,
          processOutput: new ProcessOutput(process.stderr, process.stderr),
        }),
      },
      registerSignalListeners: false,
    },
  );
  const drawn = stages.length > 0 ? tree.run().catch(() => undefined) : Promise.resolve();

  return {
    onEvent(event): void {
      if ('stage' in event) rows.get(event.stage)?.onEvent(event);
      if (event.type === 'stage-failed') after.push(failureText(event.stage, event, style));
      if (event.type === 'stage-log' && event.level === 'warning')
        after.push(warningText(event, style, event.stage));
      if (event.type === 'run-finished')
        after.push(`${event.outcome}: ${countsText(event)} in ${durationText(event.seconds)}`);
    },
    async close(): Promise<void> {
      for (const row of rows.values()) row.close();
      await drawn;
      for (const text of after) printNotice(text);
    },
  };
}

function stageRow(stage: string, width: number, style: Style): Row {
  const name = stage.padEnd(width);
  const track = trackProgress();
  let started = 0;
  let detail = '';
  let task: Task | undefined;
  let timer: NodeJS.Timeout | undefined;
  let settle: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  const done = new Promise<void>((resolve, reject) => (settle = { resolve, reject }));

  const show = (text: string): void => {
    if (task) task.title = `${name}  ${text}`;
  };
  const redraw = (): void => {
    show(`${durationText((monotonic() - started) / 1000)} · ${detail}`);
  };
  const end = (text: string): void => {
    clearInterval(timer);
    show(text);
  };

  const onEvent = (event: StageEvent): void => {
    switch (event.type) {
      case 'stage-started':
        started = monotonic();
        detail = event.reasons.map(reasonText).join('; ');
        timer = setInterval(redraw, REDRAW_MS);
        redraw();
        return;
      case 'stage-waiting':
        show('being made by another process');
        return;
      case 'stage-progress':
        detail = track.update(event, monotonic());
        return;
      case 'stage-log':
        if (event.level === 'info') detail = event.message;
        return;
      case 'stage-finished':
        end(endText(durationText(event.seconds), event, style));
        settle?.resolve();
        return;
      case 'stage-cached':
        end(endText('cached', event, style));
        settle?.resolve();
        return;
      case 'stage-failed':
        end(event.message);
        settle?.reject(new Error(event.message));
        return;
      case 'stage-skipped':
        end('');
        task?.skip(`${name}  not run: ${event.because}`);
        settle?.resolve();
    }
  };

  return {
    stage,
    onEvent,
    task: (given) => {
      task = given;
      show('waiting for its inputs');
      return done;
    },
    close(): void {
      clearInterval(timer);
      settle?.resolve();
    },
  };
}

/** The tree ticks every stage that did not fail, so that a doubtful result needs a mark of its own. */
function endText(how: string, { headline, warnings }: StageOutcome, style: Style): string {
  const doubts = warnings.length > 0 ? [style.yellow(`! ${warningCount(warnings.length)}`)] : [];
  return [how, ...(headline === null ? [] : [headline]), ...doubts].join(' · ');
}
