import { z } from 'zod';
import { isSafeUrl } from '../../config/loopback.ts';
import { parseAccountName } from './accountName.ts';
import { encryption } from './encryption.ts';
import { execution } from './execution.ts';
import { afterwards, gates, ownGates } from './gates.ts';
import { groupsSchema } from './groups.ts';
import { consumer } from './kinds.ts';
import { match } from './matchSchema.ts';
import type { Names } from './named.ts';
import { peopleSchema } from './people.ts';
import { timing } from './timing.ts';
import { guid, strict, text } from './words.ts';

/** Where Teams is: plain http only for a Teams that is emulated on this machine. */
const serviceUrl = text.refine(isSafeUrl, 'is no https address (plain http is for this machine only)');

const homeChannel = strict({ conversation: text, serviceUrl, tenant: guid.optional() });

/** What an entry may say about its accounts; what it doesn't say, a less specific one says. */
const own = (names: Names) => ({
  gates: ownGates(names).exactOptional(),
  afterwards: afterwards.exactOptional(),
  execution: execution.exactOptional(),
  encryption: encryption.exactOptional(),
  timing: timing.exactOptional(),
});

const rule = (names: Names) => strict({ match, ...own(names) });

const account = (names: Names) =>
  strict({
    name: text
      .refine(
        (written) => parseAccountName(written) !== undefined,
        'is no account: write its name, group/name, subscription/group/name, or its Azure Resource Manager id',
      )
      .describe('name, group/name, subscription/group/name, or the Azure Resource Manager id'),
    ...own(names),
    consumers: z.array(consumer(names)).exactOptional(),
  });

/**
 * The policy file. env/policy.example.yml explains it line by line; people and groups have been read before,
 * because everything else names them.
 */
export const policy = (names: Names) =>
  strict({
    tenant: guid.describe('The Entra tenant of everybody in `people` who has none of their own'),
    // readPeople and readGroups say what is wrong with these
    people: peopleSchema.catch({}),
    groups: groupsSchema.catch({}).optional(),
    homeChannel: homeChannel.optional(),
    gates: gates(names),
    afterwards: afterwards.default('ask'),
    execution: execution.exactOptional(),
    encryption: encryption.default({}),
    timing: timing.default({}),
    rules: z.array(rule(names)).default([]),
    accounts: z.array(account(names)).default([]),
  });

/** A policy file whose shape is right. */
export type Shape = z.output<ReturnType<typeof policy>>;
