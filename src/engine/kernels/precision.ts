/** `exact` rounds after every operation; `fast` may fuse multiplications with additions. */
export type Precision = 'exact' | 'fast';
