import { z } from 'zod';
import { policy } from './schema.ts';

/**
 * The policy file as a JSON Schema (draft 7, which every editor knows): for completion and a first check.
 * What one part says about another, only reading it can tell.
 */
export const policyJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(policy({ people: new Map(), groups: new Map() }), {
    io: 'input',
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      // the schema library's idea of an integer's end
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  }),
  title: 'Policy of Keysmith',
});
