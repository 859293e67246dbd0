import type { SecretRow, SecretValue } from './estate.ts';

export interface SecretVersion {
  version: string;
  value: string;
  contentType?: string;
  tags?: Record<string, string>;
  enabled: boolean;
  /** Epoch seconds, like every time here. */
  created: number;
  updated: number;
  expires?: number;
  notBefore?: number;
}

interface Stored {
  name: string;
  deleted: boolean;
  versions: SecretVersion[];
}

/** The secrets of one vault, each with all its versions; the last one is current. Names in any case. */
export class SecretStore {
  private readonly secrets = new Map<string, Stored>();
  private readonly source: { now: () => number; random: () => number };

  constructor(
    rows: readonly SecretRow[],
    resolve: (value: SecretValue) => string,
    source: { now: () => number; random: () => number },
  ) {
    this.source = source;
    for (const { name, value, deleted, ...rest } of rows) {
      this.set(name, { ...rest, value: resolve(value), enabled: rest.enabled ?? true });
      const stored = this.find(name);
      if (stored && deleted) stored.deleted = true;
    }
  }

  find(name: string): Stored | undefined {
    return this.secrets.get(name.toLowerCase());
  }

  all(): Stored[] {
    return [...this.secrets.values()].filter(({ deleted }) => !deleted);
  }

  set(
    name: string,
    {
      tags,
      contentType,
      expires,
      notBefore,
      ...given
    }: Omit<SecretVersion, 'version' | 'created' | 'updated'>,
  ): SecretVersion {
    const seconds = Math.floor(this.source.now() / 1000);
    const version: SecretVersion = {
      ...given,
      version: Array.from({ length: 32 }, () => Math.floor(this.source.random() * 16).toString(16)).join(''),
      created: seconds,
      updated: seconds,
      ...(tags && { tags }),
      ...(contentType !== undefined && { contentType }),
      ...(expires !== undefined && { expires }),
      ...(notBefore !== undefined && { notBefore }),
    };
    const stored = this.find(name) ?? { name, deleted: false, versions: [] };
    stored.versions.push(version);
    this.secrets.set(name.toLowerCase(), stored);
    return version;
  }
}
