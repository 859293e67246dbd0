/** Keys, and who may come to them. */

export interface AccessPolicyRow {
  objectId: string;
  /** e.g. `get`, `wrapKey`, `unwrapKey`, `all`. */
  keys: string[];
}

export interface VaultNetworkRow {
  defaultAction: 'Allow' | 'Deny';
  /** `AzureServices`: trusted services of Microsoft come in all the same. */
  bypass: 'AzureServices' | 'None';
  /** The rotation service calls from 127.0.0.1: it comes in when that is listed here. */
  ipRules?: string[];
}

export type KeyType = 'RSA' | 'RSA-HSM' | 'EC' | 'EC-HSM';

/** A key of a vault; each version in order, the last is the current one. Its material is made up. */
export interface KeyRow extends KeyTraits {
  name: string;
  versions: KeyVersionRow[];
  /** Epoch seconds; deleted, but recoverable: its name is taken and GET answers 404. */
  deletedAt?: number;
  rotationPolicy?: RotationPolicyRow;
}

export interface KeyTraits {
  kty: KeyType;
  /** Bits of an RSA key; 2048 unless said. */
  size?: number;
  /** Of an EC key; P-256 unless said. */
  curve?: string;
  operations: string[];
  tags?: Record<string, string>;
}

/** Traits that are missing are those of its key. Times in epoch seconds, as in the protocol. */
export interface KeyVersionRow extends Partial<KeyTraits> {
  version: string;
  enabled: boolean;
  created: number;
  updated?: number;
  expires?: number;
  notBefore?: number;
}

/** The vault rotates the key by itself; durations as in ISO 8601, e.g. `P90D`. */
export interface RotationPolicyRow {
  rotate?: { timeAfterCreate: string } | { timeBeforeExpiry: string };
  notifyBeforeExpiry?: string;
  /** What a version that comes of a rotation lives. */
  expiryTime?: string;
}
