import { formatRoute } from '../../routes.ts';

export const artifactAddress = (kind: string, key: string): string =>
  formatRoute({ path: ['artifact', kind, key], query: {} });
