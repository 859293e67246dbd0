import { isIPv4, isIPv6 } from 'node:net';

/** Whether a host, with or without a port, can only mean this very machine. */
export function isLoopback(host: string): boolean {
  const name = URL.parse(`http://${isIPv6(host) ? `[${host}]` : host}`)?.hostname ?? '';
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
}
