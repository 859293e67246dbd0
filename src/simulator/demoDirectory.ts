import type { DirectoryRow } from './directoryRows.ts';

const names = ['Ada', 'Bo', 'Chen', 'Dana', 'Eli'];
const idOf = (name: string): string =>
  `7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e0a0${String(names.indexOf(name) + 1)}`;

/** Object id of the demo's group. */
export const keyApprovers = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e6001';

/** The five of the demo's chat. Chen and Dana approve keys: Chen by name, Dana through a group in that group. */
export const demoDirectory = (): DirectoryRow => {
  const onCall = '7d1f2a60-0c55-4e5b-9b0f-3c1d5a7e6002';
  return {
    users: names.map((displayName) => ({ id: idOf(displayName), displayName })),
    groups: [
      { id: keyApprovers, displayName: 'Key approvers', members: [idOf('Chen'), onCall] },
      { id: onCall, displayName: 'On call', members: [idOf('Dana')] },
    ],
    channels: [],
  };
};
