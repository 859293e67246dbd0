import { type Account } from '../../../domain/plan.ts';
import { type Came, type Run, type Tools } from '../../step.ts';
import { faulty, refuse } from './refusals.ts';

export async function findAccount(
  tools: Tools,
  run: Run<'plan'>,
): Promise<Account | Readonly<{ came: Came<'plan'> }>> {
  const typed = run.ask.account;
  const search = await tools.azure.accounts.find(typed, run.signal);
  if (!search.ok) return { came: faulty(search.error) };
  const { found, otherNames } = search.value;
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  if (only === undefined) {
    const near = tools.nearest(typed, otherNames);
    const says = `There is no account named ${typed} in the subscriptions that I can read.`;
    return {
      came: refuse(says, 'Check the name, or give my identity read access to its subscription.', { near }),
    };
  }
  const ways = found.map(
    ({ subscriptionName, resourceGroup, name }) => `${subscriptionName}/${resourceGroup}/${name}`,
  );
  const says = `${String(found.length)} accounts are named ${only.name}: ${ways.join('; ')}.`;
  return {
    came: refuse(
      says,
      `Name the one you mean with its resource group: rotate ${only.resourceGroup}/${only.name} …`,
    ),
  };
}
