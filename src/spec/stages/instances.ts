/**
 * Which instances each stage has, and which feed which. A stage without a matrix of its own takes on the
 * variables of what feeds its slots one by one; where it has the same variables, equal values belong together.
 * A slot that takes many (or a list, where that is allowed) takes all that agree with the instance.
 */
import { isGathering, type KnownStage, type Reference, type References } from './inputs.ts';
import { MOST_INSTANCES, type Assignment } from './matrix.ts';
import { errorAt, type Report } from '../text/source.ts';

export interface Instance {
  readonly name: string;
  readonly values: Assignment;
  /** Slot → names of instances. */
  readonly inputs: Readonly<Record<string, readonly string[]>>;
}

interface Feed {
  readonly slot: string;
  readonly reference: Reference;
  readonly gathers: boolean;
  /** The instances that the reference may mean. */
  readonly instances: readonly Instance[];
  /** Their variables, without those that the reference fixes. */
  readonly variables: readonly string[];
}

/** `order`: every stage after those that feed it. Stages that come to nothing have no instances; that is reported. */
export function expandInstances(
  order: readonly string[],
  stages: ReadonlyMap<string, KnownStage | undefined>,
  inputs: ReadonlyMap<string, References>,
  report: Report,
): Map<string, readonly Instance[]> {
  const expanded = new Map<string, readonly Instance[]>();
  for (const name of order) {
    const stage = stages.get(name);
    if (stage) expanded.set(name, instancesOf(stage, inputs.get(name)!, expanded, report));
  }
  return expanded;
}

function instancesOf(
  stage: KnownStage,
  references: References,
  expanded: ReadonlyMap<string, readonly Instance[]>,
  report: Report,
): Instance[] {
  const feeds = feedsOf(stage, references, expanded, report);
  const { matrix, name } = stage.raw;
  let rows: readonly Assignment[] = matrix?.assignments ?? [new Map()];
  for (const feed of feeds) if (!feed.gathers) rows = join(rows, feed, stage, report);
  if (rows.length > MOST_INSTANCES) {
    const message = `the stage '${name}' has ${rows.length} instances; ${MOST_INSTANCES} at most`;
    report(errorAt(stage.raw.key, message));
    return [];
  }
  const finders = feeds.map((feed) => finder(feed, rows[0]));
  return rows.flatMap((values) => {
    const slots = new Map<string, string[]>();
    for (const [index, feed] of feeds.entries()) {
      const found = finders[index]!(values);
      if (found.length === 0) {
        report(errorAt(feed.reference.place, noneText(feed, values)));
        return [];
      }
      slots.set(feed.slot, [...(slots.get(feed.slot) ?? []), ...found.map((one) => one.name)]);
    }
    return { name: instanceName(name, values), values, inputs: Object.fromEntries(slots) };
  });
}

function instanceName(stage: string, values: Assignment): string {
  if (values.size === 0) return stage;
  return `${stage}[${[...values].map(([variable, { label }]) => `${variable}=${label}`).join(',')}]`;
}

function feedsOf(
  stage: KnownStage,
  references: References,
  expanded: ReadonlyMap<string, readonly Instance[]>,
  report: Report,
): Feed[] {
  return [...references].flatMap(([slot, list]) =>
    list.flatMap((reference) => {
      // In a circle, or of an unknown kind: reported already.
      const all = expanded.get(reference.stage);
      if (!all) return [];
      const instances = all.filter(({ values }) =>
        reference.fixed.every(({ variable, label }) => values.get(variable)?.label === label),
      );
      if (instances.length === 0) {
        if (all.length > 0)
          report(
            errorAt(reference.place, `no instance of '${reference.stage}' is meant`, {
              hint: `there are ${all
                .slice(0, 6)
                .map((one) => one.name)
                .join(', ')}${all.length > 6 ? ', …' : ''}`,
            }),
          );
        return [];
      }
      const fixed = reference.fixed.map(({ variable }) => variable);
      const variables = [...instances[0]!.values.keys()].filter((variable) => !fixed.includes(variable));
      return [{ slot, reference, gathers: isGathering(stage.kind, slot, reference), instances, variables }];
    }),
  );
}

/** Natural join: rows and instances that agree on the variables that both have. */
function join(
  rows: readonly Assignment[],
  feed: Feed,
  stage: KnownStage,
  report: Report,
): readonly Assignment[] {
  if (feed.variables.length === 0 || rows.length === 0) return rows;
  const shared = feed.variables.filter((variable) => rows[0]!.has(variable));
  const added = feed.variables.filter((variable) => !shared.includes(variable));
  const index = indexBy(feed.instances, shared);
  const joined = rows.flatMap((row) => {
    const partners = index.get(identityOf(row, shared)) ?? [];
    // A combination that the stage itself asks for needs a partner; one that came from elsewhere just drops out.
    if (partners.length === 0 && stage.raw.matrix) report(errorAt(feed.reference.place, noneText(feed, row)));
    return partners.map(({ values }) => {
      const whole = new Map(row);
      for (const variable of added) whole.set(variable, values.get(variable)!);
      return whole;
    });
  });
  if (joined.length === 0 && !stage.raw.matrix)
    report(errorAt(stage.raw.key, `no instances of what feeds '${stage.raw.name}' fit together`));
  return joined;
}

/** Finds the instances of a feed that agree with a row; `sample` is any row, for the variables that rows have. */
function finder(feed: Feed, sample: Assignment | undefined): (row: Assignment) => readonly Instance[] {
  const shared = feed.variables.filter((variable) => sample?.has(variable));
  const index = indexBy(feed.instances, shared);
  return (row) => index.get(identityOf(row, shared)) ?? [];
}

function indexBy(instances: readonly Instance[], variables: readonly string[]): Map<string, Instance[]> {
  const index = new Map<string, Instance[]>();
  for (const instance of instances) {
    const identity = identityOf(instance.values, variables);
    const list = index.get(identity);
    if (list) list.push(instance);
    else index.set(identity, [instance]);
  }
  return index;
}

function identityOf(row: Assignment, variables: readonly string[]): string {
  return variables.map((variable) => row.get(variable)!.identity).join('\n');
}

function noneText({ reference, variables }: Feed, row: Assignment): string {
  const shared = new Map([...row].filter(([variable]) => variables.includes(variable)));
  return `there is no ${instanceName(reference.stage, shared)}, which an instance of this stage would take`;
}
