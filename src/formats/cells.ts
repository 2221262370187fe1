/**
 * The recurrent cells that a model may be made of, by name. src/engine/kernels/recurrent/cells has what each of them
 * computes; this list is here so that a schema can name them without loading that.
 */
export const RECURRENT_CELLS = ['gru', 'lstm'] as const;

export type RecurrentCell = (typeof RECURRENT_CELLS)[number];
