import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const account = z.looseObject({
  id: z.string(),
  aadObjectId: z.string().optional(),
  name: z.string().optional(),
});

export const activity = z.looseObject({
  type: z.string(),
  id: z.string(),
  serviceUrl: z.string(),
  name: z.string().optional(),
  text: z.string().optional(),
  replyToId: z.string().optional(),
  from: account,
  conversation: z.looseObject({ id: z.string(), conversationType: z.string(), tenantId: z.string() }),
  value: z.unknown().optional(),
  membersAdded: z.array(account).optional(),
});
export type Activity = z.infer<typeof activity>;

type Handler = (activity: Activity) => Promise<unknown>;

/** A bot in so far as the wire shows one: it hears activities, and speaks through the connector. */
export async function startFakeBot(handler: Handler) {
  const heard: Activity[] = [];
  const failures: unknown[] = [];
  const waiting = new Set<(one: Activity) => void>();
  const server = createServer((request, response) => {
    const hear = async (): Promise<void> => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const one = activity.parse(JSON.parse(text));
      heard.push(one);
      for (const tell of waiting) tell(one);
      const answer = await handler(one);
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    };
    hear().catch((error: unknown) => {
      failures.push(error);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/api/messages`,
    heard,
    failures,
    /** The first activity, heard before or later, that is wanted; the test's time limit ends the waiting. */
    hears: (wanted: (one: Activity) => boolean) => {
      const found = heard.find(wanted);
      if (found !== undefined) return Promise.resolve(found);
      return new Promise<Activity>((resolve) => {
        const tell = (one: Activity): void => {
          if (!wanted(one)) return;
          waiting.delete(tell);
          resolve(one);
        };
        waiting.add(tell);
      });
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type FakeBot = Awaited<ReturnType<typeof startFakeBot>>;

/** The id that the connector gave to what was sent. */
export const sentId = ({ body }: { body: unknown }): string => z.object({ id: z.string() }).parse(body).id;

/** One call of the connector, as the SDK makes it: ids in the path are encoded. */
export async function connector(
  serviceUrl: string,
  method: 'GET' | 'POST' | 'PUT',
  path: readonly string[],
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${serviceUrl}/v3/${path.map(encodeURIComponent).join('/')}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

/** A card with one button that tells the bot `approve`. */
export const card = (title: string, button: string) => ({
  contentType: 'application/vnd.microsoft.card.adaptive',
  content: {
    type: 'AdaptiveCard',
    version: '1.5',
    body: [{ type: 'TextBlock', text: title, weight: 'Bolder', size: 'Medium', wrap: true }],
    actions: [{ type: 'Action.Execute', title: button, verb: 'approve', data: { stage: 'approveFirst' } }],
  },
});
