import { z } from 'zod';
import type { ConsumerReceipts } from '../../application/ports/azure.ts';
import type { Fault } from '../../domain/faults.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import type { Context } from './call.ts';
import { freshGet } from './freshGet.ts';

const receipt = z.object({ secretVersion: z.string().min(1).max(200) });
const mostBytes = 4096;

/** Asks consumers which secret version they use. No credential goes along, no redirect is followed. */
export function openReceipts({ settings: { consumerTimeout } }: Context): ConsumerReceipts {
  async function ask(
    address: string,
    signal?: AbortSignal,
  ): Promise<Result<Readonly<{ secretVersion: string }>, Fault>> {
    const url = URL.parse(address);
    if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') {
      return err(
        fault('refused', 'NotHttps', 'The receipt address is not an https address without a password'),
      );
    }
    const got = await freshGet(url, { headers: {}, timeout: consumerTimeout, limit: mostBytes }, signal);
    if (!got.answered) {
      return got.code === 'TooLong'
        ? err(fault('refused', got.code, `${url.host} answered more than a receipt`))
        : err(fault(got.sent ? 'unknownOutcome' : 'unreachable', got.code, `${url.host} gave no receipt`));
    }
    if (got.status !== 200) return err(fault('refused', String(got.status), `${url.host} gave no receipt`));
    const read = parse(got.body);
    return read === undefined
      ? err(
          fault('refused', 'NotAReceipt', `${url.host} answered something else than {"secretVersion": "…"}`),
        )
      : ok(read);
  }
  return { ask };
}

function parse(body: string): Readonly<{ secretVersion: string }> | undefined {
  try {
    return receipt.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

const fault = (kind: Fault['kind'], code: string, says: string): Fault => ({
  kind,
  code,
  says: `${says} (${code}).`,
  remedy:
    'Check the consumer and its receipt address in the policy file; its owner can confirm the switch instead.',
});
