import { z } from 'zod';
import { isSafeUrl } from '../../config/loopback.ts';
import { parseAccountName } from './accountName.ts';
import { afterwards, gates, ownGates } from './gates.ts';
import { consumer } from './kinds.ts';
import type { People } from './people.ts';
import { timing } from './timing.ts';
import { guid, strict, text } from './words.ts';

/** Where Teams is: plain http only for a Teams that is emulated on this machine. */
const serviceUrl = text.refine(isSafeUrl, 'is no https address (plain http is for this machine only)');

const homeChannel = strict({ conversation: text, serviceUrl, tenant: guid.optional() });

const account = (people: People) =>
  strict({
    name: text.refine(
      (written) => parseAccountName(written) !== undefined,
      'is no account: write its name, group/name, subscription/group/name, or its Azure Resource Manager id',
    ),
    gates: ownGates(people).optional(),
    afterwards: afterwards.optional(),
    timing: timing.optional(),
    consumers: z.array(consumer(people)).default([]),
  });

/**
 * The policy file. env/policy.example.yml explains it line by line; `people` has been read before, because
 * everything else names them.
 */
export const policy = (people: People) =>
  strict({
    tenant: guid,
    people: z.unknown().optional(),
    homeChannel: homeChannel.optional(),
    gates: gates(people),
    afterwards: afterwards.default('ask'),
    timing: timing.default({}),
    accounts: z.array(account(people)).default([]),
  });

/** A policy file whose shape is right. */
export type Shape = z.output<ReturnType<typeof policy>>;
