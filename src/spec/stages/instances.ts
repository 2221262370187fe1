/**
 * Which instances each stage has, and how they are connected. A stage inherits the matrix variables of the stages that
 * feed its single slots; instances with equal values of a shared variable are connected. A slot that takes many (or is
 * given a list, where that is allowed) takes all instances that agree with the stage's own.
 */
import { isGathering, type KnownStage, type Reference, type References } from './inputs.ts';
import { MOST_INSTANCES, type Assignment } from './matrix.ts';
import { listHint } from '../../base/nearest.ts';
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
  /** The instances that match the reference. */
  readonly instances: readonly Instance[];
  /** Their variables, except those that the reference fixes. */
  readonly variables: readonly string[];
}

/** `order` is topological. A stage whose inputs do not match has no instances, which is reported. */
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
    const message = `the stage '${name}' has ${rows.length} instances; at most ${MOST_INSTANCES} are allowed`;
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
      // Part of a cycle, or of an unknown kind: already reported.
      const all = expanded.get(reference.stage);
      if (!all) return [];
      const instances = all.filter(({ values }) =>
        reference.fixed.every(({ variable, label }) => values.get(variable)?.label === label),
      );
      if (instances.length === 0) {
        if (all.length > 0)
          report(
            errorAt(reference.place, `no instance of '${reference.stage}' matches`, {
              hint: listHint(all.map((one) => one.name)),
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
    // A combination from the stage's own matrix needs a partner; an inherited one without a partner is dropped.
    if (partners.length === 0 && stage.raw.matrix) report(errorAt(feed.reference.place, noneText(feed, row)));
    return partners.map(({ values }) => {
      const whole = new Map(row);
      for (const variable of added) whole.set(variable, values.get(variable)!);
      return whole;
    });
  });
  if (joined.length === 0 && !stage.raw.matrix)
    report(errorAt(stage.raw.key, `no instances of the inputs of '${stage.raw.name}' match each other`));
  return joined;
}

/** Finds the instances of a feed that agree with a row; `sample` is any row and tells which variables rows have. */
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
  return `there is no ${instanceName(reference.stage, shared)}, which an instance of this stage needs`;
}
