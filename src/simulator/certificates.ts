import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { generate } from 'selfsigned';

export interface ServerCertificate {
  key: string;
  cert: string;
  ca: string;
  /** Absolute path of ca.pem. */
  caFile: string;
}

/**
 * A certificate authority of its own and a server certificate for loopback, new on every start.
 * Only the authority's certificate is written to disk; its private key is forgotten.
 */
export async function makeCertificate(folder: string): Promise<ServerCertificate> {
  // A name of its own: among authorities of one name, a client that trusts several picks the wrong one
  const name = `Simulated Azure ${randomUUID()}`;
  const ca = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  await mkdir(folder, { recursive: true });
  const caFile = resolve(join(folder, 'ca.pem'));
  await writeFile(caFile, ca.cert);
  return { key: server.private, cert: server.cert, ca: ca.cert, caFile };
}
