/** One line of the preflight. `unknown`: could not be seen, so the gate says so. */
export type Check = Readonly<{
  name: string;
  verdict: 'pass' | 'warn' | 'refuse' | 'unknown';
  says: string;
  remedy?: string;
  /** The pages that the rule comes from; several where they disagree. */
  sources?: readonly string[];
}>;
