/** A few documented symbols for the stage kind of ../kinds/declarations.ts, as small.yaml uses it. */
export interface Garden {
  /** The number of trees that grow in the garden this year. */
  countTrees(): number;
  /** Waters every plant in the garden that has not been watered today. */
  waterPlants(): void;
  /** Names of the animals that live in the garden or visit it at night. */
  readonly visitors: readonly string[];
}
