import type { RegisteredConsumer } from '../../domain/apiKeys/consumers.ts';
import type {
  Afterwards,
  EncryptionRules,
  Execution,
  GateRule,
  RuleName,
  Rules,
  Timing,
} from '../../domain/policy.ts';
import { defaultExecution } from './execution.ts';

/** What applies to an account, without the digest of the whole. */
export type OwnRules = Omit<Rules, 'policy'>;

/** What one entry of the file says about its accounts; what is absent, a less specific one says. */
export type Layer = Readonly<{
  gates?: Readonly<Partial<Record<RuleName, GateRule>>>;
  afterwards?: Afterwards;
  execution?: Readonly<Partial<Execution>>;
  encryption?: Readonly<Partial<EncryptionRules>>;
  timing?: Readonly<Partial<Timing>>;
  consumers?: readonly RegisteredConsumer[];
}>;

/** Each single thing as the most specific entry says that says it. `layers`: the most specific first. */
export const resolveLayers = (defaults: OwnRules, layers: readonly Layer[]): OwnRules =>
  layers.reduceRight<OwnRules>(
    (below, { gates, afterwards, execution, encryption, timing, consumers }) => ({
      gates: { ...below.gates, ...gates },
      afterwards: afterwards ?? below.afterwards,
      ...executionOf(below.execution, execution),
      encryption: { ...below.encryption, ...encryption },
      timing: { ...below.timing, ...timing },
      consumers: consumers ?? below.consumers,
    }),
    defaults,
  );

/** Nothing where nobody says anything about it. */
export const executionOf = (
  below: Execution | undefined,
  own: Layer['execution'],
): Readonly<{ execution?: Execution }> =>
  below === undefined && own === undefined ? {} : { execution: { ...defaultExecution, ...below, ...own } };
