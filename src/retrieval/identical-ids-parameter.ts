/** The parameter `ignore_identical_ids`, which every kind that ranks documents for queries has. */
export const ignoreIdenticalIds = {
  description:
    'Where queries are documents of the corpus (identical ids, as in ArguAna and Quora of BEIR), leave the own ' +
    "document of a query out of its rankings, as BEIR's evaluation does. A relevant document is never left out.",
  type: 'boolean',
  default: true,
} as const;
