import { isObject } from '../base/json.ts';
import type { KindDeclaration, StageKind } from '../stage.ts';

/** What is wrong with an exported `stage`; undefined if nothing is. */
export function faultOfStage(stage: unknown): string | undefined {
  if (!isObject(stage)) return "it does not export a 'stage' made by defineStage({...})";
  if (typeof stage['description'] !== 'string') return 'stage.description must be a string';
  if (!isObject(stage['parameters'])) return 'stage.parameters must be a JSON Schema';
  if (!isObject(stage['inputs'])) return 'stage.inputs must be an object of slots';
  if (typeof stage['output'] !== 'string') return 'stage.output must name an artifact type';
  if (typeof stage['run'] !== 'function') return 'stage.run must be a function';
  for (const [slot, value] of Object.entries(stage['inputs'])) {
    if (!isObject(value) || !('type' in value)) return `stage.inputs.${slot} must have a type`;
    if (value['rootsPaths'] === true && (slot === '*' || (value['many'] ?? false) !== false))
      return `stage.inputs.${slot} cannot have rootsPaths: it does not stand for one folder`;
  }
  return undefined;
}

/** The data of a kind without its code. */
export function declarationOf(stage: StageKind): KindDeclaration {
  return Object.fromEntries(
    Object.entries(stage).filter(([name]) => name !== 'run'),
  ) as unknown as KindDeclaration;
}
