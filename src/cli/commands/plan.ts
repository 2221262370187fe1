/** `pipeline plan` and `pipeline run --dry-run`: the state of every stage with its reasons, as text or JSON. */
import { cells } from '../../base/cells.ts';
import { diffPlan, type PlanDifference } from '../../plan/diff.ts';
import { makePlan, type Plan, type PlanEntry, type PlanState } from '../../plan/plan.ts';
import { reasonText, type Reason } from '../../plan/reason.ts';
import { forcedStages, selectStages, type Selection } from '../../plan/select.ts';
import { checkSelection } from '../../execute/run.ts';
import { keysOfRun, recordOfRun } from '../../history/earlier-executions.ts';
import { printJson, printResult, styleFor, useColor, type Style } from '../render/output.ts';
import { openSpec } from './open-spec.ts';
import { sessionPlanner, type Session, type SpecOptions } from '../../session.ts';

export interface PlanOptions extends SpecOptions, Selection {
  readonly force?: boolean | readonly string[];
  readonly diff?: string;
  readonly json?: boolean;
}

/** Shows what would run and why, without executing anything. */
export async function planCommand(file: string, options: PlanOptions): Promise<number> {
  const session = await openSpec(file, options);
  const selected = selectStages(session.spec, options);
  const planner = await sessionPlanner(session, forcedStages(session.spec, options.force, selected));
  const plan = await makePlan(planner, selected);
  checkSelection(plan.entries, selected);
  const style = styleFor(useColor('stdout'));
  if (options.diff !== undefined) {
    const differences = await differencesFrom(session, plan, options.diff);
    if (options.json) printJson(differencesAsJson(differences));
    else printResult(differencesText(differences, style));
  } else if (options.json) printJson(planAsJson(plan));
  else printResult(planText(plan, style));
  return 0;
}

async function differencesFrom(
  session: Session,
  plan: Plan,
  run: string,
): Promise<readonly PlanDifference[]> {
  const { spec, store, layout } = session;
  const record = recordOfRun(layout, spec.name, run);
  return diffPlan(store, await sessionPlanner(session), plan, keysOfRun(record));
}

function planAsJson(plan: Plan): unknown {
  const stages = plan.entries.map(({ stage, plan: state }) => [
    stage.name,
    { kind: stage.kind.name, state: state.state, ...detailsAsJson(state) },
  ]);
  return { name: plan.spec.name, engine: plan.engine, stages: Object.fromEntries(stages) as unknown };
}

function detailsAsJson(state: PlanState): object {
  switch (state.state) {
    case 'cached': {
      const { key, artifact, accepted, frozen } = state;
      return { key, path: artifact.path, ...(accepted ? { accepted } : {}), ...(frozen ? { frozen } : {}) };
    }
    case 'run':
      return { key: state.key, reasons: state.reasons, against: state.against };
    case 'waiting':
      return { upstream: state.upstream, reasons: state.reasons };
    case 'not-selected':
      return {};
  }
}

/** More instances of a matrix than this with the same text are shown as one line. */
const MOST_ALIKE = 20;

function rowsOf(
  entries: readonly PlanEntry[],
  style: Style,
): { readonly name: string; readonly text: string }[] {
  const texts = entries.map((entry) => ({ entry, text: stateText(entry, style) }));
  const counts = new Map<string, number>();
  for (const { entry, text } of texts) {
    const key = `${entry.stage.group ?? ''}\n${text}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shown = new Set<string>();
  return texts.flatMap(({ entry: { stage }, text }) => {
    const key = `${stage.group ?? ''}\n${text}`;
    const count = counts.get(key)!;
    if (stage.group === undefined || count <= MOST_ALIKE) return { name: stage.name, text };
    if (shown.has(key)) return [];
    shown.add(key);
    return { name: `${stage.group} (${count} instances)`, text };
  });
}

function planText(plan: Plan, style: Style): string {
  const rows = rowsOf(plan.entries, style);
  const width = Math.max(...rows.map(({ name }) => cells(name)));
  const lines = rows.map(({ name, text }) => `${name}${' '.repeat(width - cells(name))}  ${text}`);
  const count = (state: string): number => plan.entries.filter((entry) => entry.plan.state === state).length;
  const engine = plan.engine
    ? ` · engine ${plan.engine.backend} (${plan.engine.device}, ${plan.engine.precision})`
    : '';
  const summary = `${count('cached')} cached, ${count('run')} to run, ${count('waiting')} waiting${engine}`;
  return [...lines, '', summary].join('\n');
}

function stateText({ plan }: PlanEntry, style: Style): string {
  switch (plan.state) {
    case 'cached': {
      const { headline } = plan.artifact.manifest;
      const notes = [
        ...(plan.frozen ? ['frozen'] : []),
        ...(plan.accepted ? [`accepted although ${plan.accepted.because.join('; ')}`] : []),
        ...(headline === null ? [] : [headline]),
      ];
      return `${style.green('cached')}${notes.map((note) => style.dim(` · ${note}`)).join('')}`;
    }
    case 'run':
      return `${style.yellow('will run')} · ${reasonsText(plan.reasons)}`;
    case 'waiting': {
      const who = someOf(plan.upstream);
      const condition = `unless ${who} come${plan.upstream.length === 1 ? 's' : ''} out unchanged`;
      if (plan.reasons.length === 0)
        return `${style.cyan('may be skipped')} ${style.dim(`· will run ${condition}`)}`;
      return `${style.cyan('waits for')} ${who} · ${reasonsText(plan.reasons)}`;
    }
    case 'not-selected':
      return style.dim('not selected');
  }
}

const MOST_NAMED = 3;

function someOf(names: readonly string[]): string {
  if (names.length <= MOST_NAMED + 1) return names.join(', ');
  return `${names.slice(0, MOST_NAMED).join(', ')} and ${names.length - MOST_NAMED} more`;
}

function reasonsText(reasons: readonly Reason[]): string {
  return reasons.map(reasonText).join('; ');
}

function differencesAsJson(differences: readonly PlanDifference[]): unknown {
  return {
    stages: Object.fromEntries(differences.map(({ stage, ...rest }) => [stage, rest])),
  };
}

function differencesText(differences: readonly PlanDifference[], style: Style): string {
  const width = Math.max(0, ...differences.map(({ stage }) => cells(stage)));
  const lines = differences.map(({ stage, state, reasons, upstream }) => {
    const texts = {
      same: style.green('the same'),
      new: style.yellow('not in that run'),
      gone: style.dim('its artifact is no longer in the store, so they cannot be compared'),
      differs: reasonsText(reasons),
      unknown: [reasonsText(reasons), `depends on ${someOf(upstream)}`]
        .filter((text) => text !== '')
        .join('; '),
    };
    return `${stage.padEnd(width)}  ${texts[state]}`;
  });
  return lines.join('\n');
}
