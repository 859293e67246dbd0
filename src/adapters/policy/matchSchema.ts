import { z } from 'zod';
import { groupPattern } from './accountName.ts';
import { strict, text } from './words.ts';

const name = text
  .regex(
    /^[A-Za-z0-9_.*?-]{1,64}$/,
    'is no name of an account: letters, digits, dots, hyphens, underscores, and `*` and `?` for any of them',
  )
  .describe('The name of the account; `*` stands for any characters, `?` for one');

const resourceGroup = text
  .refine((written) => groupPattern.test(written), 'is no name of a resource group')
  .describe('The name of its resource group');

/** The kind of accounts that a rule is about: all of the conditions that it has. */
export const match = strict({
  name: name.exactOptional(),
  resourceGroup: resourceGroup.exactOptional(),
  subscription: text.exactOptional().describe('Id or name of its subscription'),
  tags: z
    .record(text, z.string())
    .exactOptional()
    .describe('Tags that the account must have, with these values'),
}).transform((conditions, context) => {
  const { name: pattern = '', resourceGroup: group, subscription, tags = {} } = conditions;
  const narrows = /[^*]/.test(pattern) || group !== undefined || subscription !== undefined;
  if (!narrows && Object.keys(tags).length === 0) {
    const message =
      'every account fits this: write a condition, or put what the rule says at the top of the file';
    context.addIssue({ code: 'custom', message });
  }
  return conditions;
});
