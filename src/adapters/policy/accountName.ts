/** An account as somebody named it, in lower case (Azure ignores it): its name, and as much before it as was written. */
export type AccountName = Readonly<{ name: string; group?: string; subscription?: string }>;

const armId =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.CognitiveServices\/accounts\/([^/]+)$/i;
/** Source: the REST API specification of Microsoft.CognitiveServices, 2025-09-01. */
const accountPattern = /^[a-z0-9][a-z0-9_.-]{1,63}$/;
/** Source: learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules. */
export const groupPattern = /^[\p{L}\p{N}_.()-]{0,89}[\p{L}\p{N}_()-]$/u;

/** Reads `name`, `group/name`, `subscription/group/name` or an ARM id; undefined for anything else. */
export function parseAccountName(text: string): AccountName | undefined {
  const parts = armId.exec(text.trim())?.slice(1) ?? text.trim().split('/');
  const [name, group, subscription, ...more] = parts.map((part) => part.trim().toLowerCase()).reverse();
  if (name === undefined || !accountPattern.test(name) || more.length > 0) return undefined;
  if (group === undefined) return { name };
  if (!groupPattern.test(group)) return undefined;
  if (subscription === undefined) return { name, group };
  return subscription === '' ? undefined : { name, group, subscription };
}
