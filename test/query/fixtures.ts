import type { FusionConfig } from '../../src/formats/fusion.ts';
import type { Artifact } from '../../src/store/store.ts';

/** A folder as an artifact whose manifest nobody reads. */
export const folderArtifact = (path: string): Artifact => ({ path, manifest: {} as Artifact['manifest'] });

export const fusionConfig = (weight: number, changes: Partial<FusionConfig> = {}): FusionConfig => ({
  format: 1,
  fusion: { method: 'convex', weight },
  normalisation: 'min-max',
  depth: 1000,
  bm25: { k1: 1.2, b: 0.75 },
  chosen: { by: 'validation', split: 'validation', queries: 1411, grid: [] },
  ...changes,
});
