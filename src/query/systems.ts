/** What answers a question: the page and the server name them alike. No Node here. */
export const SYSTEMS = ['model', 'bm25', 'fused'] as const;
export type System = (typeof SYSTEMS)[number];
