import { cells } from '../base/cells.ts';
import { reasonText } from '../plan/reason.ts';
import { makePlan, type Plan, type PlanEntry } from '../plan/plan.ts';
import { selectStages, type Selection } from '../plan/select.ts';
import { checkSelection } from '../run/run.ts';
import { printJson, printResult, styleFor, useColor, type Style } from './output.ts';
import { openSession, sessionPlanner, type SpecOptions } from './session.ts';
import { forcedStages } from './forced.ts';

export interface PlanOptions extends SpecOptions, Selection {
  readonly force?: boolean | string;
  readonly json?: boolean;
}

/** `pipeline plan`: what would run and why, and nothing is executed. */
export async function planCommand(file: string, options: PlanOptions): Promise<number> {
  const session = await openSession(file, options);
  const selected = selectStages(session.spec, options);
  const planner = await sessionPlanner(session, forcedStages(session.spec, options.force, selected));
  const plan = makePlan(planner, selected);
  checkSelection(plan.entries, selected);
  if (options.json) printJson(planAsJson(plan));
  else printResult(planText(plan, styleFor(useColor(process.stdout))));
  return 0;
}

function planAsJson(plan: Plan): unknown {
  const stages = plan.entries.map(({ stage, plan: state }) => [
    stage.name,
    {
      kind: stage.kind.name,
      state: state.state,
      ...('key' in state ? { key: state.key } : {}),
      ...(state.state === 'run' ? { reasons: state.reasons } : {}),
      ...(state.state === 'waiting' ? { upstream: state.upstream } : {}),
      ...(state.state === 'cached' ? { path: state.artifact.path } : {}),
    },
  ]);
  return { name: plan.spec.name, engine: plan.engine, stages: Object.fromEntries(stages) as unknown };
}

function planText(plan: Plan, style: Style): string {
  const width = Math.max(...plan.entries.map(({ stage }) => cells(stage.name)));
  const lines = plan.entries.map((entry) => {
    const name = entry.stage.name.padEnd(width);
    return `${name}  ${stateText(entry, style)}`;
  });
  const count = (state: string): number => plan.entries.filter((entry) => entry.plan.state === state).length;
  const engine = plan.engine
    ? ` · engine ${plan.engine.backend} (${plan.engine.device}, ${plan.engine.precision})`
    : '';
  const summary = `${count('cached')} cached, ${count('run')} to run, ${count('waiting')} waiting for those${engine}`;
  return [...lines, '', summary].join('\n');
}

function stateText({ plan }: PlanEntry, style: Style): string {
  switch (plan.state) {
    case 'cached': {
      const { headline } = plan.artifact.manifest;
      return `${style.green('cached')}${headline === null ? '' : style.dim(` · ${headline}`)}`;
    }
    case 'run':
      return `${style.yellow('will run')} · ${plan.reasons.map(reasonText).join('; ')}`;
    case 'waiting':
      return `${style.cyan('will run')} ${style.dim(`unless ${plan.upstream.join(', ')} come${plan.upstream.length === 1 ? 's' : ''} out unchanged`)}`;
    case 'not-selected':
      return style.dim('not selected');
  }
}
