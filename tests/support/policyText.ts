/** A policy file that keeps every rule; its lines are numbered from 1 by the tests that count them. */
const good = `# who may do what
tenant: 00000000-0000-4000-8000-000000000001
people:
  ada: 00000000-0000-4000-8000-0000000000a1
  bo: 00000000-0000-4000-8000-0000000000a2
  chen: 00000000-0000-4000-8000-0000000000a3
gates:
  prepare: { need: 2, from: [ada, bo, chen] } # 1
  retire: { need: 2, from: [ada, bo, chen] }
accounts:
  - name: chat
    consumers:
      - kind: keyVaultSecret
        name: chat-web
        vault: https://apps.vault.azure.net
        secret: chat-web-key
        receipt: https://chat.example/receipt
        pickupWithin: 10m
        owners: [ada]
      - kind: manual
        name: batch
        owners: [bo]
        # the end
  - name: rg/vision
`;

/** That file with these pieces replaced, each at its first place. A piece that isn't there is a bug of the test. */
export function policyText(changes: Readonly<Record<string, string>> = {}): string {
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the policy of the tests does not hold: ${from}`);
    return text.replace(from, () => to);
  }, good);
}
