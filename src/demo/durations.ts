import { durationAdvice, parseDuration } from '../config/duration.ts';

/** The waits of the demo, as they are unless said otherwise; in production these are minutes and hours. */
const usual = {
  /** How long the traffic is watched before the second gate. */
  SOAK: '30s',
  /** How long the simulated Azure wraps the data of an account with another encryption key. */
  WRAP: '15s',
  /** How long "stay or switch back?" stays open. */
  CHOICE: '2m',
  /** After which a consumer without a receipt is taken to have read its secret anew. */
  PICKUP: '15s',
  /** After which whoever is waited for is reminded. */
  REMIND: '10m',
} as const;

export type DemoDurations = Readonly<Record<keyof typeof usual, string>>;

/** KEYSMITH_DEMO_SOAK and so on in place of the usual ones. Refuses, by name, what is no duration. */
export function demoDurations(environment: NodeJS.ProcessEnv): DemoDurations {
  const entries = Object.entries(usual).map(([name, text]) => {
    const setting = `KEYSMITH_DEMO_${name}`;
    const chosen = environment[setting] ?? text;
    if (parseDuration(chosen) === undefined)
      throw new Error(`${setting} is ${JSON.stringify(chosen)}; write ${durationAdvice}.`);
    return [name, chosen];
  });
  return Object.fromEntries(entries) as DemoDurations;
}
