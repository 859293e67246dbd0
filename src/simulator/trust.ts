import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Makes this process trust the simulator's authority (PEM). For a process that is running already, where
 * NODE_EXTRA_CA_CERTS comes too late: the demo and tests. Connections made earlier keep their trust.
 */
export function trust(ca: string): void {
  setDefaultCACertificates([...getCACertificates('default'), ca]);
}
