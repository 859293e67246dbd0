import { randomInt } from 'node:crypto';
import type { AuditEvent, NewEffect } from '../../../src/application/ports/store.ts';
import {
  accountId,
  digest,
  effectKey,
  fingerprint,
  parseRotationId,
  type RotationId,
} from '../../../src/domain/ids.ts';
import type { Person } from '../../../src/domain/people.ts';
import type { Plan } from '../../../src/domain/apiKeys/plan.ts';
import type { ApiKeysRotation } from '../../../src/domain/apiKeys/rotation.ts';
import { quickTiming } from '../../support/timing.ts';

export const ada: Person = { objectId: 'A0A0', tenantId: 'T1', name: 'Ada' };
export const ben: Person = { objectId: 'B0B0', tenantId: 'T1', name: 'Ben' };

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export function newId(): RotationId {
  const id = parseRotationId(`R-${Array.from({ length: 6 }, () => letters[randomInt(32)]).join('')}`);
  if (!id.ok) throw new Error('not an id');
  return id.value;
}

/** A rotation in its first phase. */
export function aRotation(account = `contoso-${randomInt(1e9)}`, id = newId()): ApiKeysRotation {
  const key = effectKey(id, 'plan', 1);
  return {
    id,
    procedure: 'apiKeys',
    request: {
      account,
      reason: 'yearly',
      by: ada,
      at: 1_000,
      place: { conversation: '19:abc@thread.tacv2', serviceUrl: 'https://smba.example', tenantId: 'T1' },
    },
    rules: {
      gates: { prepare: { need: 1, from: [ben] }, retire: { need: 1, from: [ben] } },
      consumers: [],
      afterwards: 'stay',
      encryption: { type: 'RSA', bits: 2048 },
      timing: quickTiming(),
      policy: digest('p'),
    },
    consumers: [
      { registered: { kind: 'manual', name: 'shop: web', owners: [ben], deputies: [] }, holds: 'undeclared' },
    ],
    waivers: [],
    phase: {
      at: 'working',
      stage: 'plan',
      running: { key, asked: { step: 'plan', ask: { account } }, attempt: 1 },
    },
    history: [],
    approvals: {},
    asked: {},
    chains: {},
    remarks: [],
    notReached: [],
    round: 1,
  };
}

export const over = (rotation: ApiKeysRotation): ApiKeysRotation => ({
  ...rotation,
  phase: { at: 'ended', stage: 'plan', outcome: 'cancelled', says: 'Cancelled.', finishedAt: 2_000 },
});

export const planned = (rotation: ApiKeysRotation, id: string): ApiKeysRotation => ({
  ...rotation,
  plan: aPlan(id),
});

const aPlan = (id: string): Plan => ({
  account: {
    id: accountId(id),
    name: 'contoso',
    subscriptionId: 's',
    subscriptionName: 's',
    resourceGroup: 'g',
    kind: 'AIServices',
    location: 'westeurope',
    endpoint: 'https://contoso.example',
  },
  keys: { Key1: fingerprint('1'), Key2: fingerprint('2') },
  activeSlot: 'Key1',
  checks: [],
  proof: { possible: true },
  baseline: null,
});

export const anEvent = (type = 'requested'): AuditEvent => ({
  at: 1_000,
  type,
  by: ada,
  detail: { note: 'x' },
});

export const anEffect = (rotation: ApiKeysRotation, attempt = 1, notBefore?: number): NewEffect => ({
  key: effectKey(rotation.id, 'plan', 1),
  rotation: rotation.id,
  attempt,
  step: 'plan',
  ask: { account: rotation.request.account },
  ...(notBefore === undefined ? {} : { notBefore }),
});
