/** The demo's tenant: the same one that the simulated Azure belongs to. */
export const tenantId = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e00ff';

/** Someone in the demo's chat. `id` is the Teams id (an MRI), `objectId` the one in Microsoft Entra ID. */
export type DemoPerson = Readonly<{
  id: string;
  objectId: string;
  tenantId: string;
  name: string;
  upn: string;
}>;

const person = (name: string, number: number): DemoPerson => ({
  id: `29:demo-${name.toLowerCase()}`,
  objectId: `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0a0${number}`,
  tenantId,
  name,
  upn: `${name.toLowerCase()}@contoso.com`,
});

/** Exactly five, because the Playground's configuration takes exactly five. The ids never change. */
export const people: readonly DemoPerson[] = ['Ada', 'Bo', 'Chen', 'Dana', 'Eli'].map((name, index) =>
  person(name, index + 1),
);
