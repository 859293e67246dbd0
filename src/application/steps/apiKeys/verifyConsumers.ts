import { answered, type StepRunner } from '../../step.ts';

/**
 * Asks each consumer with a receipt address which version of its secret it uses now. The consumer
 * answers for itself: a receipt by the code that wrote the secret would prove nothing.
 */
export const verifyConsumers: StepRunner<'verifyConsumers'> = async (
  { azure },
  { rotation, ask, signal },
) => {
  const seen = await Promise.all(
    rotation.consumers.flatMap(({ registered, move }) => {
      if (registered.kind !== 'keyVaultSecret' || registered.receipt === undefined) return [];
      if (!ask.consumers.includes(registered.name)) return [];
      const { name, receipt } = registered;
      const expected = move !== undefined && 'version' in move.receipt ? move.receipt.version : undefined;
      return [
        azure.receipts.ask(receipt, signal).then((answer) => {
          if (!answer.ok) return { consumer: name, note: `could not be asked: ${answer.error.says}` };
          const version = answer.value.secretVersion;
          const note = version === expected ? 'uses the new version' : 'still uses an earlier version';
          return { consumer: name, version, note };
        }),
      ];
    }),
  );
  return answered<'verifyConsumers'>({ seen });
};
