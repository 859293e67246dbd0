import type { TrafficCount } from './traffic.ts';

export interface Clause {
  dimension: string;
  /** `*` splits by the dimension and takes every value. */
  values: string[];
}

/** The dimensions of AzureOpenAIRequests that the simulated traffic has. */
export const dimensionsOf = (one: TrafficCount): Record<string, string> => ({
  StatusCode: String(one.status),
  OperationName: one.operation,
  ApiName: 'Azure OpenAI API version',
  ModelDeploymentName: one.deployment,
});

const known = ['StatusCode', 'OperationName', 'ApiName', 'ModelDeploymentName'];

/** Azure Monitor's filter: `A eq '*' and (B eq 'x' or B eq 'y')`. Unknown dimensions are left out. */
export function parseFilter(filter: string): Clause[] {
  const clauses: Clause[] = [];
  for (const [, name = '', value = ''] of filter.matchAll(/(\w+)\s+eq\s+'([^']*)'/gi)) {
    const dimension = known.find((one) => one.toLowerCase() === name.toLowerCase());
    if (dimension === undefined) continue;
    const clause = clauses.find((one) => one.dimension === dimension);
    if (clause) clause.values.push(value);
    else clauses.push({ dimension, values: [value] });
  }
  return clauses;
}

export const matchesFilter = (one: TrafficCount, filter: readonly Clause[]): boolean =>
  filter.every(
    ({ dimension, values }) => values.includes('*') || values.includes(dimensionsOf(one)[dimension] ?? ''),
  );
