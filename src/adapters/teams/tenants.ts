import type { BotApp } from './credentials.ts';

/** Entra tenants whose people are heard: the bot's own (`home`), and others that were named in the settings. */
export type Tenants = Readonly<{ home: string | null; named: readonly string[] }>;

/**
 * Whether somebody of that tenant may take part. Guests only if the roster says that they come from a tenant
 * that was named: one whom it counts among the bot's own may be anybody's.
 */
export function isAdmitted({ home, named }: Tenants, tenantId: string, guest: boolean): boolean {
  const tenant = tenantId.toLowerCase();
  const among = named.some((one) => one.toLowerCase() === tenant);
  return among || (!guest && tenant === home?.toLowerCase());
}

/** What holds where nothing was set: the bot's own tenant alone; everybody where nobody is authenticated. */
export const tenantsOf = (app: BotApp | null): Tenants | null =>
  app === null ? null : { home: app.type === 'MultiTenant' ? null : app.tenantId, named: [] };
