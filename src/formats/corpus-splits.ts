/** The split of synthetic queries that are held out, to validate training where there are no real ones. */
export const SYNTHETIC_VALIDATION = 'synthetic-validation';
