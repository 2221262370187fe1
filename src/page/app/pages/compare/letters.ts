/** Runs are called by letters: their ids are long and alike. */
export const letterOf = (index: number): string => String.fromCharCode(65 + index);
