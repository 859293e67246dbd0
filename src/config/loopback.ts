import { isIPv4 } from 'node:net';

/**
 * Whether a host name or address can only mean this very machine: `localhost`, 127.0.0.0/8 or ::1.
 * Names below `.localhost` are left out: RFC 6761 reserves them, but not every resolver knows that.
 */
export function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || name === '::1' || (isIPv4(name) && name.startsWith('127.'));
}

/** Whether an absolute URL leads to this machine. False for what is no URL. */
export const isLoopbackUrl = (url: string): boolean => isLoopbackHost(URL.parse(url)?.hostname ?? '');

/** Whether this is https without a user name or password in it: such things end up in logs. */
export function isHttpsUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

/** The same, or plain http to this machine. */
export function isSafeUrl(text: string): boolean {
  const secure = text.replace(/^http:/i, 'https:');
  return isHttpsUrl(text) || (isHttpsUrl(secure) && isLoopbackUrl(text));
}
