import { randomUUID } from 'node:crypto';
import type { Encryption } from './encryption/index.ts';
import type { AccountRow } from './estate.ts';
import { errorBody, refuse, type Call, type Reply, type Surface } from './http.ts';
import type { TrafficLog } from './traffic.ts';
import type { World } from './world.ts';

const openAiKinds = new Set(['AIServices', 'OpenAI']);

const accessDenied = refuse(
  401,
  '401',
  'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
);
/** Public reports (Azure-Samples/azure-search-openai-demo#1617); the documentation says 401. */
const keysDisabled = refuse(
  403,
  'AuthenticationTypeDisabled',
  'Key based authentication is disabled for this resource.',
);
/** TabularEditor/TabularEditor3#1557 and others. */
const privateOnly = refuse(403, '403', 'Public access is disabled. Please configure private endpoint.');
/** That it is refused is documented ("data inaccessible"); how, nobody has written down. */
const keyUnavailable = refuse(
  403,
  'CustomerManagedKeyUnavailable',
  'The customer-managed key of this resource is not available, so its data cannot be accessed.',
);
const notFound = refuse(404, '404', 'Resource not found');

type Operation = 'Models_List' | 'ChatCompletions_Create';

function operationOf(call: Call, path: string): Operation | undefined {
  const versioned = call.query.has('api-version');
  if (call.method === 'GET' && (path === '/openai/v1/models' || (path === '/openai/models' && versioned))) {
    return 'Models_List';
  }
  const chat =
    path === '/openai/v1/chat/completions' || /^\/openai\/deployments\/[^/]+\/chat\/completions$/.test(path);
  return call.method === 'POST' && chat && (versioned || path.startsWith('/openai/v1/'))
    ? 'ChatCompletions_Create'
    : undefined;
}

const keyOf = (call: Call): string =>
  call.header('api-key') ??
  call.header('ocp-apim-subscription-key') ??
  /^Bearer (.+)$/i.exec(call.header('authorization') ?? '')?.[1] ??
  '';

/** The gateway of the accounts, at /data/<subdomain>/…; which node answers depends on the connection. */
export function createDataPlane(world: World, traffic: TrafficLog, encryption: Encryption): Surface {
  const work: Record<Operation, (account: AccountRow) => unknown> = {
    Models_List: (account) => ({
      object: 'list',
      data: account.deployments.map((id) => ({
        id,
        object: 'model',
        status: 'succeeded',
        lifecycle_status: 'generally-available',
        capabilities: {
          fine_tune: false,
          inference: true,
          completion: false,
          chat_completion: true,
          embeddings: false,
        },
      })),
    }),
    ChatCompletions_Create: (account) => ({
      id: `chatcmpl-${randomUUID()}`,
      object: 'chat.completion',
      created: Math.floor(world.now() / 1000),
      model: account.deployments[0] ?? 'gpt-4o',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello.' } }],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    }),
  };

  function judge(call: Call, account: AccountRow, operation: Operation | undefined): Reply {
    if (account.publicNetworkAccess === 'Disabled') return privateOnly;
    if (account.disableLocalAuth) return keysDisabled;
    if (!world.keysOf(account).accepts(keyOf(call), call.node, world.now())) return accessDenied;
    encryption.settle();
    if (!encryption.readable(account)) return keyUnavailable;
    if (!operation || !openAiKinds.has(account.kind)) return notFound;
    return { status: 200, body: work[operation](account) };
  }

  return {
    name: 'dataPlane',
    admit: () => Promise.resolve({}),
    answer: (call) => {
      const [, subdomain = '', rest = ''] = /^\/data\/([^/]+)(\/.*)?$/i.exec(call.path) ?? [];
      const account = world.estate.accounts.find((row) => row.subdomain === subdomain.toLowerCase());
      if (!account) return notFound;
      const operation = operationOf(call, rest);
      const reply = judge(call, account, operation);
      traffic.count(account, operation ?? 'Unknown', reply.status);
      return reply;
    },
    error: errorBody,
    headers: () => ({ 'apim-request-id': randomUUID(), 'x-ms-region': 'West US 3' }),
  };
}
