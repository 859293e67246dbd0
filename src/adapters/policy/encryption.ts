import { z } from 'zod';
import type { EncryptionRules } from '../../domain/policy.ts';
import { span, strict } from './words.ts';

/**
 * What a new encryption key is like where the file says nothing. "Only RSA and RSA-HSM keys of size 2048"
 * is what Microsoft's older pages allow: the size that all of its pages agree on.
 */
export const defaultEncryption: EncryptionRules = { type: 'RSA', bits: 2048 };

const sizes = z.literal([2048, 3072, 4096], {
  error: ({ input }) => (input === undefined ? undefined : 'write 2048, 3072 or 4096'),
});

export const encryption = strict({
  type: z
    .enum(['RSA', 'RSA-HSM'], {
      error: 'write RSA or RSA-HSM: Azure AI Foundry takes no other type of key',
    })
    .exactOptional(),
  bits: sizes.exactOptional(),
  lifetime: span.exactOptional(),
} satisfies Record<keyof EncryptionRules, z.ZodType>);
