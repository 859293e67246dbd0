/** The people and groups of an Entra tenant, as Microsoft Graph shows them. Plain data, live. */

export interface DirectoryRow {
  users: UserRow[];
  groups: GroupRow[];
  channels: ChannelRow[];
}

export interface UserRow {
  id: string;
  displayName: string;
}

export interface GroupRow {
  id: string;
  displayName: string;
  /** Ids of users and of other groups. */
  members: string[];
}

/** A channel of a team. */
export interface ChannelRow {
  team: string;
  channel: string;
  members: {
    user: string;
    owner?: boolean;
    /** The estate's tenant unless said: a shared channel has members of others. */
    tenant?: string;
  }[];
}
