/**
 * Whether a channel's service URL is one that the program may send its credentials and its cards to:
 * the same scheme, host and port as an allowed one, and below its path.
 */
export function isAllowedServiceUrl(allowed: readonly string[], serviceUrl: string): boolean {
  const url = URL.parse(serviceUrl);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return allowed.some((one) => {
    const permitted = new URL(one);
    return url.origin === permitted.origin && below(permitted.pathname, url.pathname);
  });
}

const below = (folder: string, path: string): boolean =>
  `${path}/`.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
