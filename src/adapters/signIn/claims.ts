import { z } from 'zod';

const text = z.string().min(1).max(200);

/** Times in epoch seconds. Source: learn.microsoft.com/entra/identity-platform/access-token-claims-reference. */
const claims = z.object({
  tid: text,
  oid: text,
  exp: z.number(),
  iat: z.number().optional(),
  /** An optional claim: the app registration has to ask for it. */
  auth_time: z.number().optional(),
  uti: text.optional(),
  jti: text.optional(),
  /** `app` where no person is behind it (an optional claim). */
  idtyp: z.string().optional(),
});

export type Claims = Omit<z.infer<typeof claims>, 'idtyp'>;

/** What of a verified token counts; null when it isn't a person's. */
export function claimsOf(payload: object): Claims | null {
  const read = claims.safeParse(payload);
  return read.success && read.data.idtyp !== 'app' ? read.data : null;
}
