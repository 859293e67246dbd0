import type { RotationPolicyRow } from '../estate.ts';
import { field, refuse, type Call, type Reply } from '../http.ts';
import { atLeastDays } from '../isoDuration.ts';
import { liveKey } from '../keyStore.ts';
import type { Params, Route } from '../routes.ts';
import { denied, originOf, type VaultContext } from './context.ts';
import { keyNotFound } from './keyBodies.ts';

/** A key that nobody gave a policy has one all the same: a notice 30 days before it expires. */
const notice = 'P30D';

function body(name: string, policy: RotationPolicyRow | undefined, context: VaultContext): object {
  const { rotate, notifyBeforeExpiry = policy ? undefined : notice, expiryTime } = policy ?? {};
  return {
    id: `${originOf(context)}/keys/${name}/rotationpolicy`,
    lifetimeActions: [
      ...(rotate ? [{ trigger: rotate, action: { type: 'Rotate' } }] : []),
      ...(notifyBeforeExpiry === undefined
        ? []
        : [{ trigger: { timeBeforeExpiry: notifyBeforeExpiry }, action: { type: 'Notify' } }]),
    ],
    attributes: { ...(expiryTime !== undefined && { expiryTime }) },
  };
}

function get(_call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keyrotationpolicies/read', `/keys/${name}`, context, 'getrotationpolicy');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  return key ? { status: 200, body: body(key.name, key.rotationPolicy, context) } : keyNotFound(name);
}

const duration = (from: unknown, name: string): string | undefined => {
  const value = field(from, name);
  return typeof value === 'string' ? value : undefined;
};

/**
 * The minimum: seven days to a rotation, 28 days to the expiry (learn.microsoft.com/azure/key-vault/keys/how-to-configure-key-rotation);
 * the texts of the refusals are not confirmed.
 */
function set(call: Call, params: Params, context: VaultContext): Reply {
  const name = params('name');
  const refusal = denied('keyrotationpolicies/write', `/keys/${name}`, context, 'setrotationpolicy');
  if (refusal) return refusal;
  const key = liveKey(context.vault, name);
  if (!key) return keyNotFound(name);
  const policy: RotationPolicyRow = {};
  const expiryTime = duration(field(call.body, 'attributes'), 'expiryTime');
  if (expiryTime !== undefined) policy.expiryTime = expiryTime;
  const given = field(call.body, 'lifetimeActions');
  for (const action of Array.isArray(given) ? (given as unknown[]) : []) {
    const trigger = field(action, 'trigger');
    const after = duration(trigger, 'timeAfterCreate');
    const before = duration(trigger, 'timeBeforeExpiry');
    const rotates = String(field(field(action, 'action'), 'type')).toLowerCase() === 'rotate';
    if (rotates && after !== undefined) policy.rotate = { timeAfterCreate: after };
    else if (rotates && before !== undefined) policy.rotate = { timeBeforeExpiry: before };
    else if (before !== undefined) policy.notifyBeforeExpiry = before;
  }
  const every = Object.values(policy.rotate ?? {}).join();
  if ((policy.rotate && !atLeastDays(every, 7)) || (expiryTime !== undefined && !atLeastDays(expiryTime, 28)))
    return refuse(400, 'BadParameter', 'The rotation policy has a duration that is too short.');
  key.rotationPolicy = policy;
  return { status: 200, body: body(key.name, policy, context) };
}

export const rotationPolicyRoutes: readonly Route<VaultContext>[] = [
  { method: 'GET', path: '/keys/{name}/rotationpolicy', answer: get },
  { method: 'PUT', path: '/keys/{name}/rotationpolicy', answer: set },
];
