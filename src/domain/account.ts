import type { AccountId } from './ids.ts';

/** One account of Azure AI Foundry, as Azure Resource Manager describes it. */
export type Account = Readonly<{
  id: AccountId;
  name: string;
  subscriptionId: string;
  subscriptionName: string;
  resourceGroup: string;
  kind: string;
  location: string;
  /** `https://…` of the data plane. */
  endpoint: string;
  /**
   * Absent: it has none. The case of a name doesn't count, that of a value does
   * (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources).
   */
  tags?: Readonly<Record<string, string>>;
}>;

/** As it can be typed so that it means this account and no other. */
export const spelt = ({ subscriptionId, resourceGroup, name }: Account): string =>
  `${subscriptionId}/${resourceGroup}/${name}`;
